using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>ONNX Runtime's C library, version 1.14 or later, which is not a part of this program: it is found on the machine and stays loaded. Safe for concurrent use.</summary>
/// <remarks>
/// Looked for in this order: where the environment variable <c>SISKIN_ONNXRUNTIME</c> says, a file or folder, and then nowhere else; beside the
/// program; in <c>node_modules/onnxruntime-node</c> of the program's and the working folder and of those above them; in Python's packages; and
/// by the system's loader.
/// </remarks>
public sealed unsafe class OnnxRuntimeLibrary
{
    /// <summary>Name of the environment variable that says where the library is.</summary>
    public const string Variable = "SISKIN_ONNXRUNTIME";

    private const string HowToGet =
        $"Get it by one of these: npm install --ignore-scripts onnxruntime-node, then set {Variable} to the folder that holds node_modules; " +
        $"or pip install onnxruntime; or unpack an archive of https://github.com/microsoft/onnxruntime/releases and set {Variable} to its folder.";

    private static readonly Lock Loading = new();
    private static OnnxRuntimeLibrary? _default;

    private OnnxRuntimeLibrary(OrtApi api, string path, string version) => (Api, Path, Version) = (api, path, version);

    /// <summary>Where it was found; the bare name when the system's loader did.</summary>
    public string Path { get; }

    /// <summary>Its version: 1.22.0, say.</summary>
    public string Version { get; }

    internal OrtApi Api { get; }

    /// <summary>The library of this process: the first that can be loaded. Where there is none, the next call looks again.</summary>
    /// <exception cref="DllNotFoundException">There is none; the message says where it was looked for and how to get it.</exception>
    public static OnnxRuntimeLibrary Default()
    {
        lock (Loading)
        {
            return _default ??= Find(
                Environment.GetEnvironmentVariable(Variable),
                OnnxRuntimePlaces.All(AppContext.BaseDirectory, Environment.CurrentDirectory).Concat(OnnxRuntimePlaces.SystemNames));
        }
    }

    /// <summary>Loads a library from a file.</summary>
    /// <exception cref="DllNotFoundException">It is not one, or too old.</exception>
    public static OnnxRuntimeLibrary Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException($"{path}: cannot be loaded: {e.Message.Trim()}", e);
        }

        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var entry))
        {
            throw new DllNotFoundException($"{path}: is not ONNX Runtime: it has no OrtGetApiBase");
        }

        // OrtApiBase: the function that gives the table of a version, and the one that tells the library's version.
        var functions = (nint*)((delegate* unmanaged<nint>)entry)();
        var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)functions[1])()) ?? "unknown";
        var table = ((delegate* unmanaged<uint, nint>)functions[0])(OrtApi.Version);
        try
        {
            return table != 0
                ? new OnnxRuntimeLibrary(new OrtApi(table), path, version)
                : throw new DllNotFoundException($"{path}: is ONNX Runtime {version}; 1.{OrtApi.Version} or later is needed");
        }
        catch (OrtException e)
        {
            throw new DllNotFoundException($"{path}: does not start: {e.Message}", e);
        }
    }

    /// <summary>Finds the library and loads it.</summary>
    /// <param name="setting">What the environment variable says; nothing is set when null or empty.</param>
    /// <param name="places">Where else to look: files, or names that the system's loader knows.</param>
    internal static OnnxRuntimeLibrary Find(string? setting, IEnumerable<string> places)
    {
        if (!string.IsNullOrEmpty(setting))
        {
            return OnnxRuntimePlaces.OfSetting(setting) is { } path
                ? Load(path)
                : throw new DllNotFoundException($"ONNX Runtime is not where {Variable} says, '{setting}'. {HowToGet}");
        }

        var reasons = new List<string>();
        foreach (var path in places)
        {
            try
            {
                return Load(path);
            }
            catch (DllNotFoundException e)
            {
                // That the system's loader has none is nothing that helps.
                if (System.IO.Path.IsPathRooted(path) || e.InnerException is null)
                {
                    reasons.Add(e.Message);
                }
            }
        }

        throw new DllNotFoundException(
            $"ONNX Runtime was not found beside the program, in node_modules there, in the working folder or above them, in Python's packages, or by the system{string.Concat(reasons.Select(reason => $"; {reason}"))}. {HowToGet}");
    }
}
