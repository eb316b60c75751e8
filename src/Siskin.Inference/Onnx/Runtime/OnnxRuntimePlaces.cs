using System.Globalization;
using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>Where ONNX Runtime's library may be, on Linux, macOS and Windows.</summary>
internal static class OnnxRuntimePlaces
{
    private static string Pattern => OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime*.dylib" : "libonnxruntime.so*";

    /// <summary>Names that the system's loader knows it by.</summary>
    public static string[] SystemNames => OperatingSystem.IsWindows() ? ["onnxruntime.dll"] : OperatingSystem.IsMacOS() ? ["libonnxruntime.dylib", "libonnxruntime.1.dylib"] : ["libonnxruntime.so.1", "libonnxruntime.so"];

    /// <summary>The library that a setting means.</summary>
    /// <param name="setting">A file, or a folder that has it in itself, as an unpacked release, as a folder of npm or as Python's site-packages.</param>
    /// <returns>null where there is none.</returns>
    public static string? OfSetting(string setting) =>
        File.Exists(setting) ? Path.GetFullPath(setting) : InFolder(setting) ?? InFolder(Path.Combine(setting, "lib")) ?? InNpm(setting) ?? InPackage(setting) ?? InPython(setting);

    /// <summary>All places where it is, the nearest first.</summary>
    /// <param name="program">Folder of the program.</param>
    /// <param name="working">Folder in which it was started.</param>
    public static IEnumerable<string> All(string program, string working)
    {
        string[] natives = [program, Path.Combine(program, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")];
        var found = natives.Select(InFolder).Concat(Upwards(program).Concat(Upwards(working)).Select(InNpm)).Concat(PythonFolders().Select(InPython));
        return found.OfType<string>().Distinct(StringComparer.Ordinal);
    }

    // The plain name before names with a version behind: it is a link to one of them.
    private static string? InFolder(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal).Select(Path.GetFullPath).FirstOrDefault() : null;

    private static string? InNpm(string folder) => InPackage(Path.Combine(folder, "node_modules", "onnxruntime-node"));

    // bin/napi-v6/linux/x64, say; of several, the newest.
    private static string? InPackage(string package)
    {
        var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var versions = Folders(Path.Combine(package, "bin"), "napi-v*");
        return versions.OrderByDescending(NumberOf).Select(version => InFolder(Path.Combine(version, system, processor))).FirstOrDefault(path => path is not null);
    }

    private static string? InPython(string sitePackages) => InFolder(Path.Combine(sitePackages, "onnxruntime", "capi"));

    private static int NumberOf(string folder) => int.TryParse(Path.GetFileName(folder)["napi-v".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static IEnumerable<string> Upwards(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }

    private static IEnumerable<string> PythonFolders()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] set = [Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX")];
        var roots = set.OfType<string>().Where(Path.IsPathRooted).ToList();
        if (OperatingSystem.IsWindows())
        {
            var (local, roaming) = (Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData));
            roots.AddRange([.. Folders(Path.Combine(local, "Programs", "Python"), "Python3*"), .. Folders(Path.Combine(roaming, "Python"), "Python3*")]);
            return roots.SelectMany(root => new[] { Path.Combine(root, "Lib", "site-packages"), Path.Combine(root, "site-packages") });
        }

        roots.AddRange([Path.Combine(home, ".local"), .. Folders(Path.Combine(home, ".pyenv", "versions"), "3*"), "/usr/local", "/usr", "/opt/homebrew"]);
        return roots.SelectMany(root => Folders(Path.Combine(root, "lib"), "python3*")).SelectMany(lib => new[] { Path.Combine(lib, "site-packages"), Path.Combine(lib, "dist-packages") });
    }

    private static string[] Folders(string parent, string pattern) => Directory.Exists(parent) ? [.. Directory.GetDirectories(parent, pattern).OrderDescending(StringComparer.Ordinal)] : [];
}
