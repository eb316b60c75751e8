namespace Siskin.Inference.Pmml.Fields;

/// <summary>Numbers of all texts that a model compares with, so that comparing two texts is comparing two numbers.</summary>
internal sealed class PmmlSymbols
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private bool _isFrozen;

    /// <summary>A text with its number; while the model is compiled it gets one.</summary>
    public PmmlValue Value(string text)
    {
        if (_codes.TryGetValue(text, out var code))
        {
            return new PmmlValue(code, text);
        }

        if (_isFrozen)
        {
            return new PmmlValue(-1, text);
        }

        _codes.Add(text, _codes.Count);
        return new PmmlValue(_codes.Count - 1, text);
    }

    /// <summary>From now on texts that are not there have the number −1; safe for concurrent use then.</summary>
    public void Freeze() => _isFrozen = true;
}
