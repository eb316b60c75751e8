namespace Siskin.Inference.Pmml.Fields;

/// <summary>A number, a text, or nothing.</summary>
/// <param name="Number">The number; of a text the number that the model knows it by, below 0 where it knows it not; NaN when missing.</param>
/// <param name="Text">Null for numbers.</param>
internal readonly record struct PmmlValue(double Number, string? Text)
{
    public static PmmlValue Missing => new(double.NaN, null);

    public bool IsMissing => Text is null && double.IsNaN(Number);

    public static PmmlValue Of(double number) => new(number, null);

    public static PmmlValue Of(bool truth) => new(truth ? 1 : 0, null);
}
