using Siskin.Inference.Native;
using Siskin.Inference.Onnx;
using Siskin.Inference.Pmml;
using Siskin.Inference.Precomputed;

namespace Siskin.Inference.Registry;

/// <summary>The kinds of models that are known.</summary>
public static class ServableLoaders
{
    /// <summary>A loader for each kind.</summary>
    public static IReadOnlyList<IServableLoader> All() => [new GraphLoader(), new OnnxLoader(), new PmmlLoader(), new ListLoader(), new EmbeddingLoader()];
}
