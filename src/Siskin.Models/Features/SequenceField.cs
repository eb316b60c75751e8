namespace Siskin.Models.Features;

/// <summary>Texts in order of time, oldest first; unknown ones are left out before the cut.</summary>
public sealed record SequenceField : TokenField
{
    /// <summary>Texts at most; the most recent, which are the last, are kept.</summary>
    /// <value>50.</value>
    public int MaxLength { get; init; } = 50;
}
