using Siskin.Inference.Registry;
using Siskin.Vectors;

namespace Siskin.Inference.Precomputed;

/// <summary>The light model over embeddings: a logistic regression, <c>light.json</c>.</summary>
/// <remarks>
/// Its features: <c>user.dot</c>, the product of the user's and the item's vector; <c>interest.max</c> and
/// <c>interest.mean</c>, over the vectors of the user's long-term interests; <c>recent.max</c> and <c>recent.mean</c>, over the
/// latest items of the history; and any of the features of the blend, by name.
/// </remarks>
internal sealed record LightModel
{
    public const string FileName = "light.json";

    /// <summary>Names of what it computes from vectors.</summary>
    public static IReadOnlyList<string> VectorFeatures { get; } = ["user.dot", "interest.max", "interest.mean", "recent.max", "recent.mean"];

    /// <summary>Names of the features, in the order of the weights.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>What is taken off each.</summary>
    public required IReadOnlyList<float> Means { get; init; }

    /// <summary>What each is then multiplied by.</summary>
    public required IReadOnlyList<float> Scales { get; init; }

    /// <summary>Of each.</summary>
    public required IReadOnlyList<float> Weights { get; init; }

    /// <summary>Added to the sum.</summary>
    public float Bias { get; init; }

    /// <summary>How many of the latest items of a history are looked at.</summary>
    public int Recent { get; init; } = 10;

    /// <summary>Vectors of long-term interests that each user has.</summary>
    public int Interests { get; init; } = 1;

    /// <exception cref="ModelFormatException">The file is not of the form expected.</exception>
    public static LightModel? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var model = ModelJson.Read<LightModel>(path);
        var n = model.Features.Count;
        var wrong = model.Means.Count != n || model.Scales.Count != n || model.Weights.Count != n ? $"has {n} features, {model.Means.Count} means, {model.Scales.Count} scales and {model.Weights.Count} weights"
            : model.Weights.Any(weight => !float.IsFinite(weight)) ? "has a weight that is not finite"
            : model.Recent is < 1 or > 1000 ? $"\"recent\" is {model.Recent}; 1 to 1000 is allowed"
            : model.Interests is < 1 or > 100 ? $"\"interests\" is {model.Interests}; 1 to 100 is allowed"
            : null;
        return wrong is null ? model : throw new ModelFormatException(path, -1, wrong);
    }

    public void Write(string folder) => ModelJson.Write(Path.Combine(folder, FileName), this);
}
