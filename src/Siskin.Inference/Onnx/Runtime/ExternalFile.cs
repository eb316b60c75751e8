using Siskin.Vectors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>Files beside a model that hold numbers of its tensors: nothing outside of the model's folder is read, whatever the model says.</summary>
internal static class ExternalFile
{
    private const int MostLinks = 40;

    /// <summary>The file that a model means.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="tensor">Name of the tensor, for messages.</param>
    /// <param name="location">Where the model says the numbers are.</param>
    /// <exception cref="ModelFormatException">It is missing, or outside of the folder.</exception>
    public static string Find(string model, string tensor, string location)
    {
        ModelFormatException Refused(string why) => new(model, -1, $"the numbers of tensor '{tensor}' lie in '{location}', {why}");
        if (location.Length == 0 || location.Contains('\0'))
        {
            throw Refused("which is no name of a file");
        }

        // A model of one system may be loaded on the other.
        if (Path.IsPathRooted(location) || location[0] is '/' or '\\' || (location.Length > 1 && location[1] == ':'))
        {
            throw Refused("an absolute path; only files of the model's folder are read");
        }

        if (location.Split('/', '\\').Contains(".."))
        {
            throw Refused("which leaves the model's folder");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        var path = Path.GetFullPath(Path.Combine(folder, location));
        var (realFolder, real) = (RealPath(folder), RealPath(path));
        if (real is null || !File.Exists(real))
        {
            throw Refused("which is missing");
        }

        return real.StartsWith(realFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw Refused("a link that leaves the model's folder");
    }

    // The path without links; null when they lead round in a circle.
    private static string? RealPath(string path)
    {
        var links = 0;
        var rest = new Stack<string>(Parts(path).Reverse());
        var real = Path.GetPathRoot(path)!;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            real = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : real;
            foreach (var step in Parts(target).Reverse())
            {
                rest.Push(step);
            }
        }

        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
