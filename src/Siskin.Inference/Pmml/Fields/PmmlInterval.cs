namespace Siskin.Inference.Pmml.Fields;

/// <summary>A range of numbers with or without its ends.</summary>
internal readonly record struct PmmlInterval(double Low, double High, bool HasLow, bool HasHigh)
{
    public bool Contains(double number) => (HasLow ? number >= Low : number > Low) && (HasHigh ? number <= High : number < High);
}
