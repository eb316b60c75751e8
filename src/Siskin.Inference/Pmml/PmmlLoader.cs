using Siskin.Inference.Registry;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml;

/// <summary>Loads <c>model.pmml</c>.</summary>
public sealed class PmmlLoader : IServableLoader
{
    private const string FileName = "model.pmml";

    /// <inheritdoc/>
    public string Kind => "pmml";

    /// <inheritdoc/>
    public bool Recognises(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <inheritdoc/>
    public IServable Load(string folder)
    {
        var model = PmmlModel.Load(Path.Combine(folder, FileName));
        var differences = model.Verify();
        return differences.Count == 0
            ? new PmmlServable(model)
            : throw new ModelFormatException(model.Path, -1, $"it does not do what its verification says: {string.Join("; ", differences.Take(3))}");
    }
}
