using Siskin.Inference.Native;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Ranking;
using Siskin.Inference.Registry;
using Siskin.Models.Graph;
using Siskin.Vectors;

namespace Siskin.Inference.Onnx;

/// <summary>Loads <c>model.onnx</c>, or the only <c>.onnx</c> file of a folder.</summary>
/// <remarks>
/// The engine of <c>features.json</c> says what runs it: <c>native</c> makes a graph of this program of it, <c>onnxruntime</c> takes ONNX
/// Runtime, and <c>auto</c> takes the graph where the file can be one and ONNX Runtime where not. Its threads are those of ONNX Runtime.
/// </remarks>
/// <param name="importer">Makes a graph of a file, or throws <see cref="ModelFormatException"/> where it cannot; null where there is no importer.</param>
/// <param name="options">How ONNX Runtime runs models; the default settings when null.</param>
public sealed class OnnxLoader(Func<string, ModelGraph>? importer = null, OnnxRuntimeOptions? options = null) : IServableLoader
{
    private const string FileName = "model.onnx";

    /// <inheritdoc/>
    public string Kind => "onnx";

    /// <inheritdoc/>
    public bool Recognises(string folder) => Files(folder).Length > 0;

    /// <inheritdoc/>
    public IServable Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            path = Files(folder) switch
            {
                [var only] => only,
                [] => throw new ModelFormatException(path, -1, "the file is missing"),
                var several => throw new ModelFormatException(folder, -1, $"it has several models, {string.Join(", ", several.Select(Path.GetFileName))}; the one to load must be named {FileName}"),
            };
        }

        var mapping = FeatureMapping.Read(folder);
        var own = options ?? new OnnxRuntimeOptions();
        own = own with { Threads = mapping?.Threads ?? own.Threads };
        return (mapping?.Engine ?? "auto") switch
        {
            "onnxruntime" => OnnxServable.Load(path, own),
            "native" => importer is null
                ? throw new ModelFormatException(Path.Combine(folder, FeatureMapping.FileName), -1, "\"engine\" is 'native', but there is no importer of ONNX files")
                : new GraphServable(importer(path), folder),
            _ => LoadAny(path, folder, own),
        };
    }

    private IServable LoadAny(string path, string folder, OnnxRuntimeOptions own)
    {
        string? reason = null;
        try
        {
            if (importer is not null)
            {
                return new GraphServable(importer(path), folder);
            }
        }
        catch (ModelFormatException e)
        {
            reason = e.Message;
        }

        try
        {
            return OnnxServable.Load(path, own);
        }
        catch (ModelFormatException e) when (reason is not null)
        {
            throw new ModelFormatException(path, -1, $"neither engine takes it. onnxruntime: {e.Message} native: {reason}");
        }
    }

    private static string[] Files(string folder) => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal)] : [];
}
