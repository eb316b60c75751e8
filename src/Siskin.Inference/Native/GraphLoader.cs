using Siskin.Inference.Registry;

namespace Siskin.Inference.Native;

/// <summary>Loads models trained here: <c>graph.json</c> and <c>graph.bin</c>.</summary>
public sealed class GraphLoader : IServableLoader
{
    /// <inheritdoc/>
    public string Kind => "graph";

    /// <inheritdoc/>
    public bool Recognises(string folder) => File.Exists(Path.Combine(folder, GraphDescription.FileName));

    /// <inheritdoc/>
    public IServable Load(string folder) => new GraphServable(GraphDescription.Read(folder), folder);
}
