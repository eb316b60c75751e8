namespace Siskin.Inference.Pmml.Fields;

/// <summary>The values of all fields for one row; derived fields are computed when somebody asks. Not thread-safe.</summary>
internal sealed class PmmlFrame(Expressions.PmmlExpression?[] derived)
{
    private readonly double[] _numbers = new double[derived.Length];
    private readonly string?[] _texts = new string?[derived.Length];
    private readonly bool[] _isKnown = new bool[derived.Length];

    /// <summary>Numbers by slot, of fields that are known.</summary>
    public ReadOnlySpan<double> Numbers => _numbers;

    /// <summary>Forgets the row.</summary>
    public void Clear() => Array.Clear(_isKnown);

    public void Set(int slot, PmmlValue value) => (_numbers[slot], _texts[slot], _isKnown[slot]) = (value.Number, value.Text, true);

    public PmmlValue Get(int slot)
    {
        Know(slot);
        return new PmmlValue(_numbers[slot], _texts[slot]);
    }

    /// <summary>The number of a field; NaN when it has no value.</summary>
    public double Number(int slot)
    {
        Know(slot);
        return _numbers[slot];
    }

    private void Know(int slot)
    {
        if (_isKnown[slot])
        {
            return;
        }

        // Missing while it is computed, so that a field that needs itself ends.
        Set(slot, PmmlValue.Missing);
        if (derived[slot] is { } expression)
        {
            Set(slot, expression(this));
        }
    }
}
