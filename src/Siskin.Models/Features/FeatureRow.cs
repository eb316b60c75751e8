namespace Siskin.Models.Features;

/// <summary>One row, encoded value by value; made once and filled again for every row. Nothing is allocated.</summary>
/// <remarks>
/// The only way in which rows are encoded, for training as for serving, so that equal values give equal bits. What is not
/// set is missing. Not for concurrent use.
/// </remarks>
public sealed class FeatureRow
{
    private readonly FeatureEncoder _encoder;
    private readonly int[][] _lists;
    private readonly int[] _lengths;

    internal FeatureRow(FeatureEncoder encoder)
    {
        _encoder = encoder;
        Dense = new float[Layout.DenseCount];
        Categorical = new int[Layout.CategoricalCount];
        _lists = new int[Layout.ListCount][];
        _lengths = new int[Layout.ListCount];
        foreach (var slot in Layout.Slots)
        {
            if (slot.Kind == FeatureKind.List)
            {
                _lists[slot.Index] = new int[slot.Field is SequenceField sequence ? sequence.MaxLength : ((MultiHotField)slot.Field).MaxLength];
            }
        }

        Clear();
    }

    /// <summary>What the row holds.</summary>
    public FeatureLayout Layout => _encoder.Layout;

    internal float[] Dense { get; }

    internal int[] Categorical { get; }

    /// <summary>Makes every value missing.</summary>
    public void Clear()
    {
        _encoder.Missing.CopyTo(Dense);
        Array.Clear(Categorical);
        Array.Clear(_lengths);
    }

    /// <summary>Sets a number.</summary>
    /// <param name="feature">Place in <see cref="FeatureLayout.Slots"/>; a <see cref="DenseField"/> or <see cref="BucketField"/>.</param>
    /// <param name="value">The number; one that is not finite counts as missing.</param>
    /// <exception cref="ArgumentException">The feature is not made of numbers.</exception>
    public void Set(int feature, float value)
    {
        var slot = _encoder.SlotAt(feature);
        if (_encoder.Numbers[feature] is not { } code)
        {
            throw new ArgumentException($"the feature '{slot.Field.Name}' is not made of numbers", nameof(feature));
        }

        if (slot.Kind == FeatureKind.Dense)
        {
            Dense[slot.Index] = code.Encode(value);
        }
        else
        {
            Categorical[slot.Index] = code.Bucket(value);
        }
    }

    /// <summary>Sets a text.</summary>
    /// <param name="feature">Place in <see cref="FeatureLayout.Slots"/>; a <see cref="CategoricalField"/>.</param>
    /// <param name="text">The text; an empty one is absent.</param>
    /// <exception cref="ArgumentException">The feature is not one text.</exception>
    public void Set(int feature, ReadOnlySpan<char> text)
    {
        var slot = _encoder.SlotAt(feature);
        if (slot.Kind != FeatureKind.Categorical || slot.Field is not CategoricalField)
        {
            throw new ArgumentException($"the feature '{slot.Field.Name}' is not one text", nameof(feature));
        }

        Categorical[slot.Index] = _encoder.Tokens[slot.Vocabulary]!.Encode(text);
    }

    /// <summary>Adds a text to a list; to a sequence in order of time.</summary>
    /// <param name="feature">Place in <see cref="FeatureLayout.Slots"/>; a <see cref="MultiHotField"/> or <see cref="SequenceField"/>.</param>
    /// <param name="text">The text; an unknown or empty one changes nothing.</param>
    /// <exception cref="ArgumentException">The feature is no list.</exception>
    public void Add(int feature, ReadOnlySpan<char> text)
    {
        var slot = _encoder.SlotAt(feature);
        if (slot.Kind != FeatureKind.List)
        {
            throw new ArgumentException($"the feature '{slot.Field.Name}' is no list", nameof(feature));
        }

        var id = _encoder.Tokens[slot.Vocabulary]!.Encode(text);
        var list = _lists[slot.Index];
        ref var length = ref _lengths[slot.Index];
        if (id == 0)
        {
            return;
        }

        if (length < list.Length)
        {
            list[length++] = id;
        }
        else if (slot.Field is SequenceField)
        {
            list.AsSpan(1).CopyTo(list);
            list[^1] = id;
        }
    }

    internal ReadOnlySpan<int> List(int index) => _lists[index].AsSpan(0, _lengths[index]);
}
