namespace Siskin.Inference.Ranking;

/// <summary>What one input of a model is filled with: an entry of <c>features.json</c>.</summary>
internal sealed record FeatureInput
{
    /// <summary>Name of the model's input.</summary>
    public required string Input { get; init; }

    /// <summary>What it is filled with.</summary>
    public InputSource From { get; init; }

    /// <summary>Names of the features, in the order of the input's columns.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>What is taken off each feature; nothing where it is empty.</summary>
    public IReadOnlyList<float> Means { get; init; } = [];

    /// <summary>What each feature is then multiplied by; 1 where it is empty.</summary>
    public IReadOnlyList<float> Scales { get; init; } = [];

    /// <summary>A file of the model with an id or tag in each line; null where the input takes texts.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>The number of the vocabulary's first line.</summary>
    public long First { get; init; } = 1;

    /// <summary>The number of what is not in the vocabulary.</summary>
    public long Unknown { get; init; }

    /// <summary>Most tags or items of the history.</summary>
    public int Length { get; init; } = 50;

    /// <summary>What stands behind shorter lists.</summary>
    public long Padding { get; init; } = -1;

    /// <summary>The constant.</summary>
    public double Value { get; init; }
}
