namespace Siskin.Serving.Rank;

/// <summary>All of a <see cref="RankerModel"/> but its parameters.</summary>
public sealed record RankerDescription
{
    /// <summary>Name of the model, as <c>siskin models</c> lists it.</summary>
    public required string Model { get; init; }

    /// <summary>Its settings that are not the defaults.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Features of the blend that it takes, in order.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>What is taken off each feature.</summary>
    public required IReadOnlyList<float> Means { get; init; }

    /// <summary>What each feature is then multiplied by.</summary>
    public required IReadOnlyList<float> Scales { get; init; }

    /// <summary>Rows of items that it knows.</summary>
    public required int ItemCount { get; init; }

    /// <summary>Tags that it knows.</summary>
    public required int TagCount { get; init; }

    /// <summary>Most items of a history, the latest.</summary>
    public int HistoryLength { get; init; } = 50;

    /// <summary>Added to logits, because few of those who were not taken were trained on.</summary>
    public float Shift { get; init; }
}
