using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Vectors;

namespace Siskin.Inference.Ranking;

/// <summary>How a model that knows nothing of recommendations ranks: <c>features.json</c> beside it says what its inputs are filled with and which output is the score.</summary>
/// <remarks>Without the file an input gets the feature of its name, dots written as underscores where it must be, and the score is the output that can be one.</remarks>
internal sealed record FeatureMapping
{
    public const string FileName = "features.json";

    /// <summary>What each input is filled with.</summary>
    public IReadOnlyList<FeatureInput> Inputs { get; init; } = [];

    /// <summary>Name of the output that has the score; empty for the only one that can.</summary>
    public string Output { get; init; } = string.Empty;

    /// <summary>The output's column.</summary>
    public int Column { get; init; }

    /// <summary>Whether the score is a logit, of which the probability is taken.</summary>
    public bool IsLogit { get; init; }

    /// <summary>Added to logits.</summary>
    public float Shift { get; init; }

    /// <summary>What runs an ONNX file: <c>auto</c>, <c>native</c> or <c>onnxruntime</c>.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>Threads with which ONNX Runtime works on one request; null for what the loader was told, 1 as a rule.</summary>
    public int? Threads { get; init; }

    /// <summary>Reads the file of a model's folder.</summary>
    /// <returns>null where there is none.</returns>
    /// <exception cref="ModelFormatException">It is not of the form expected.</exception>
    public static FeatureMapping? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var mapping = ModelJson.Read<FeatureMapping>(path);
        mapping.Check(path);
        return mapping;
    }

    /// <summary>Writes the file of a model's folder.</summary>
    public void Write(string folder) => ModelJson.Write(Path.Combine(folder, FileName), this);

    /// <summary>The mapping by names alone.</summary>
    /// <param name="servable">The model.</param>
    /// <param name="features">Names of the features there are.</param>
    public static FeatureMapping ByName(IServable servable, IReadOnlyList<string> features) => new()
    {
        Inputs = [.. servable.Inputs.Select(input => new FeatureInput
        {
            Input = input.Name,
            Features = [features.FirstOrDefault(feature => feature == input.Name || feature.Replace('.', '_').Replace('-', '_') == input.Name) ?? input.Name],
        })],
    };

    /// <summary>Says what does not fit a model.</summary>
    /// <param name="servable">The model.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="ModelFormatException">An input is missing or unknown, or the output is.</exception>
    public void CheckAgainst(IServable servable, string path)
    {
        foreach (var input in Inputs.Where(input => servable.Inputs.All(own => own.Name != input.Input)))
        {
            throw new ModelFormatException(path, -1, $"the model has no input '{input.Input}', only {string.Join(", ", servable.Inputs.Select(own => own.Name))}");
        }

        foreach (var own in servable.Inputs.Where(own => Inputs.All(input => input.Input != own.Name)))
        {
            throw new ModelFormatException(path, -1, $"it does not say what the model's input '{own.Name}' is filled with");
        }

        OutputOf(servable, path);
    }

    /// <summary>The output that has the score.</summary>
    /// <exception cref="ModelFormatException">There is none, or several could be.</exception>
    public TensorDescription OutputOf(IServable servable, string path)
    {
        if (Output.Length > 0)
        {
            return servable.Outputs.FirstOrDefault(output => output.Name == Output)
                ?? throw new ModelFormatException(path, -1, $"the model has no output '{Output}', only {string.Join(", ", servable.Outputs.Select(output => output.Name))}");
        }

        var numbers = servable.Outputs.Where(output => output.Type is TensorType.Float32 or TensorType.Float64 or TensorType.Float16).ToArray();
        return numbers is [var only]
            ? only
            : numbers.FirstOrDefault(output => output.Name is "probabilities" or "probability" or "score" or "scores")
            ?? throw new ModelFormatException(path, -1, $"\"output\" must say which of the model's outputs is the score: {string.Join(", ", servable.Outputs.Select(output => output.Name))}");
    }

    private void Check(string path)
    {
        if (Engine is not ("auto" or "native" or "onnxruntime"))
        {
            throw new ModelFormatException(path, -1, $"\"engine\" is '{Engine}'; auto, native or onnxruntime is allowed");
        }

        if (Threads is < 1 or > 256)
        {
            throw new ModelFormatException(path, -1, $"\"threads\" is {Threads}; 1 to 256 is allowed");
        }

        foreach (var input in Inputs)
        {
            var wrong = input.From == InputSource.Features && input.Features.Count == 0 ? "names no features"
                : input.Means.Count != 0 && input.Means.Count != input.Features.Count ? $"has {input.Means.Count} means for {input.Features.Count} features"
                : input.Scales.Count != 0 && input.Scales.Count != input.Features.Count ? $"has {input.Scales.Count} scales for {input.Features.Count} features"
                : input.Length is < 1 or > 10_000 ? $"has a length of {input.Length}; 1 to 10000 is allowed"
                : null;
            if (wrong is not null)
            {
                throw new ModelFormatException(path, -1, $"the input '{input.Input}' {wrong}");
            }
        }
    }
}
