using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Siskin.Vectors;

namespace Siskin.Inference.Registry;

/// <summary>Models as files: a folder of each name with a folder of each version's number, as TensorFlow Serving reads them.</summary>
internal static class ModelFolder
{
    public const string DescriptionName = "model.json";

    public const string Unfinished = ".unfinished-";

    /// <summary>Names of the models in a folder, in order.</summary>
    public static IReadOnlyList<string> Names(string root) => Directory.Exists(root)
        ? [.. Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)!).Where(Models.Scoring.ModelReference.IsName).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Numbers of a model's versions, ascending.</summary>
    public static IReadOnlyList<long> Versions(string root, string name)
    {
        var folder = Path.Combine(root, name);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Select(path => NumberOf(Path.GetFileName(path)!)).Where(number => number >= 0).Distinct().Order()]
            : [];
    }

    /// <summary>The folder of a version, whose name may have leading zeros.</summary>
    public static string PathOf(string root, string name, long version)
    {
        var plain = Path.Combine(root, name, version.ToString(CultureInfo.InvariantCulture));
        return Directory.Exists(plain) || !Directory.Exists(Path.Combine(root, name))
            ? plain
            : Directory.EnumerateDirectories(Path.Combine(root, name)).FirstOrDefault(path => NumberOf(Path.GetFileName(path)!) == version) ?? plain;
    }

    /// <summary>Checks the files of a version against its description, and gives that and the hash over them.</summary>
    /// <returns>The description; an empty one where there is none.</returns>
    /// <exception cref="ModelFormatException">A file is missing, damaged, or not named.</exception>
    public static (ModelDescription Description, string Hash) Check(string folder)
    {
        var path = Path.Combine(folder, DescriptionName);
        var found = Describe(folder);
        if (!File.Exists(path))
        {
            return (new ModelDescription { Files = found }, HashOf(found));
        }

        var description = ModelJson.Read<ModelDescription>(path);
        if (description.Format != ModelDescription.CurrentFormat)
        {
            throw new ModelFormatException(path, -1, $"format {description.Format}; this program reads format {ModelDescription.CurrentFormat}");
        }

        foreach (var file in description.Files)
        {
            var own = found.FirstOrDefault(other => other.Name == file.Name)
                ?? throw new ModelFormatException(Path.Combine(folder, file.Name), -1, $"{DescriptionName} names it, but it is missing");
            if (own.Bytes != file.Bytes)
            {
                throw new ModelFormatException(Path.Combine(folder, file.Name), Math.Min(own.Bytes, file.Bytes), $"has {own.Bytes} bytes, {DescriptionName} says {file.Bytes}: it is {(own.Bytes < file.Bytes ? "truncated" : "not the file that was written")}");
            }

            if (own.Sha256 != file.Sha256)
            {
                throw new ModelFormatException(Path.Combine(folder, file.Name), -1, $"its SHA-256 is {own.Sha256}, {DescriptionName} says {file.Sha256}: it is damaged");
            }
        }

        return (description, HashOf(found));
    }

    /// <summary>All files of a folder but the description.</summary>
    public static IReadOnlyList<ModelFile> Describe(string folder)
    {
        var files = new List<ModelFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (name != DescriptionName)
            {
                using var stream = File.OpenRead(path);
                files.Add(new ModelFile(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream))));
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return files;
    }

    /// <summary>SHA-256 over the files' checksums and names.</summary>
    public static string HashOf(IReadOnlyList<ModelFile> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Sha256}  {file.Name}\n")))));

    private static long NumberOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
