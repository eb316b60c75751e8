using System.Text;
using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;
using Siskin.Vectors;

namespace Siskin.Inference.Ranking;

/// <summary>Fills one input of a model for the candidates of requests. Immutable; safe for concurrent use.</summary>
internal sealed class InputFiller
{
    private readonly FeatureInput _mapping;
    private readonly TensorDescription _input;
    private readonly int[] _columns = [];
    private readonly float[] _means;
    private readonly float[] _scales;
    private readonly long[] _items = [];
    private readonly long[][] _tags = [];
    private readonly byte[][] _names = [];
    private readonly Vocabulary? _vocabulary;

    /// <param name="mapping">What the input is filled with.</param>
    /// <param name="input">The model's input.</param>
    /// <param name="context">What there is.</param>
    /// <param name="folder">Of the model.</param>
    /// <exception cref="ModelFormatException">A feature or vocabulary is missing, or the input is not of a type for it.</exception>
    public InputFiller(FeatureInput mapping, TensorDescription input, ScorerContext context, string folder)
    {
        (_mapping, _input) = (mapping, input);
        var count = mapping.Features.Count;
        (_means, _scales) = ([.. mapping.Means.Count > 0 ? mapping.Means : new float[count]], [.. mapping.Scales.Count > 0 ? mapping.Scales : Enumerable.Repeat(1f, count)]);
        var path = Path.Combine(folder, FeatureMapping.FileName);
        var isText = input.Type == TensorType.Bytes;
        if (isText ? mapping.From is InputSource.Features or InputSource.Constant : mapping.From is InputSource.Item or InputSource.User or InputSource.Tags or InputSource.History && mapping.Vocabulary is null)
        {
            throw new ModelFormatException(path, -1, $"the input '{input.Name}' is of type {input.Type}, which {mapping.From} cannot fill{(isText ? string.Empty : " without a vocabulary")}");
        }

        _vocabulary = mapping.Vocabulary is null || isText ? null : Vocabulary.Read(folder, mapping);
        switch (mapping.From)
        {
            case InputSource.Features:
                _columns = [.. mapping.Features.Select(name => context.Features.ToList().IndexOf(name) is >= 0 and var column ? column : throw new ModelFormatException(path, -1, $"there is no feature '{name}' for the input '{input.Name}', only {string.Join(", ", context.Features)}"))];
                break;
            case InputSource.Item or InputSource.History when isText:
                _names = [.. context.Items.Select(Encoding.UTF8.GetBytes)];
                break;
            case InputSource.Item or InputSource.History:
                _items = [.. context.Items.Select(id => _vocabulary![id])];
                break;
            case InputSource.Tags when _vocabulary is { } vocabulary:
                _tags = [.. context.Tags.Select(tags => tags.Where(vocabulary.Contains).Select(tag => vocabulary[tag]).Take(mapping.Length).ToArray())];
                break;
            case InputSource.Tags:
                throw new ModelFormatException(path, -1, $"the input '{input.Name}' takes texts, which tags cannot fill; a vocabulary makes numbers of them");
            default:
                break;
        }
    }

    public FeatureInput Mapping => _mapping;

    /// <summary>A vocabulary's number of a row; that of the unknown for rows behind those known.</summary>
    public long ItemOf(int row) => row < _items.Length ? _items[row] : _mapping.Unknown;

    /// <summary>A vocabulary's numbers of a row's tags; none for rows behind those known.</summary>
    public ReadOnlySpan<long> TagsOf(int row) => row < _tags.Length ? _tags[row] : [];

    /// <summary>A vocabulary's number of a user.</summary>
    public long UserOf(string? user) => user is null ? _mapping.Unknown : _vocabulary![user];

    /// <summary>A feature as the model takes it.</summary>
    public float Scaled(ReadOnlySpan<float> features, int feature) => (features[_columns[feature]] - _means[feature]) * _scales[feature];

    /// <summary>The input for a request's candidates.</summary>
    public Tensor Fill(in ScoringBatch batch)
    {
        var n = batch.Count;
        return _mapping.From switch
        {
            InputSource.Features => Features(batch),
            InputSource.Constant => Numbers([.. Enumerable.Repeat(_mapping.Value, n)], 1),
            InputSource.User when _input.Type == TensorType.Bytes => Texts([.. Enumerable.Repeat(Encoding.UTF8.GetBytes(batch.User ?? string.Empty), n)], 1),
            InputSource.User => Numbers([.. Enumerable.Repeat((double)UserOf(batch.User), n)], 1),
            InputSource.Item when _input.Type == TensorType.Bytes => Texts(Names(batch.Items.Span), 1),
            InputSource.Item => Numbers(Items(batch.Items.Span), 1),
            InputSource.Tags => Tags(batch.Items.Span),
            _ => History(batch.History.Span, n),
        };
    }

    private Tensor Features(in ScoringBatch batch)
    {
        var (n, k) = (batch.Count, _columns.Length);
        var features = batch.Features.Span;
        if (_input.Type == TensorType.Float32)
        {
            var values = new float[n * k];
            for (var i = 0; i < n; i++)
            {
                for (var f = 0; f < k; f++)
                {
                    values[(i * k) + f] = Scaled(features.Slice(i * batch.FeatureCount, batch.FeatureCount), f);
                }
            }

            return Tensor.Of(_input.Name, values, Shape(n, k));
        }

        var numbers = new double[n * k];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Scaled(features.Slice(i / k * batch.FeatureCount, batch.FeatureCount), i % k);
        }

        return Numbers(numbers, k);
    }

    private double[] Items(ReadOnlySpan<int> rows)
    {
        var numbers = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            numbers[i] = ItemOf(rows[i]);
        }

        return numbers;
    }

    private byte[][] Names(ReadOnlySpan<int> rows)
    {
        var names = new byte[rows.Length][];
        for (var i = 0; i < rows.Length; i++)
        {
            names[i] = rows[i] < _names.Length ? _names[rows[i]] : [];
        }

        return names;
    }

    private Tensor Tags(ReadOnlySpan<int> rows)
    {
        var longest = 1;
        foreach (var row in rows)
        {
            longest = Math.Max(longest, TagsOf(row).Length);
        }

        longest = Width(longest);
        var numbers = new double[rows.Length * longest];
        Array.Fill(numbers, _mapping.Padding);
        for (var i = 0; i < rows.Length; i++)
        {
            var tags = TagsOf(rows[i]);
            for (var t = 0; t < Math.Min(tags.Length, longest); t++)
            {
                numbers[(i * longest) + t] = tags[t];
            }
        }

        return Numbers(numbers, longest);
    }

    private Tensor History(ReadOnlySpan<int> rows, int n)
    {
        var width = Width(Math.Max(1, Math.Min(rows.Length, _mapping.Length)));
        var latest = rows[Math.Max(0, rows.Length - Math.Min(width, _mapping.Length))..];
        if (_input.Type == TensorType.Bytes)
        {
            var row = Names(latest);
            var texts = new byte[n * width][];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = i % width < row.Length ? row[i % width] : [];
            }

            return Texts(texts, width);
        }

        var one = new double[width];
        Array.Fill(one, _mapping.Padding);
        Items(latest).CopyTo(one, 0);
        var numbers = new double[n * width];
        for (var i = 0; i < n; i++)
        {
            one.CopyTo(numbers, i * width);
        }

        return Numbers(numbers, width);
    }

    // Lists are as long as the longest needs, unless the model says how long they are.
    private int Width(int needed) => _input.Shape is [_, > 0 and var width] ? (int)width : needed;

    private long[] Shape(int n, int columns) => _input.Shape.Count == 1 && columns == 1 ? [n] : [n, columns];

    private Tensor Texts(byte[][] texts, int columns) => Tensor.Of(_input.Name, texts, Shape(texts.Length / Math.Max(1, columns), columns));

    private Tensor Numbers(double[] numbers, int columns)
    {
        var shape = Shape(numbers.Length / Math.Max(1, columns), columns);
        return _input.Type switch
        {
            TensorType.Float64 => Tensor.Of(_input.Name, numbers, shape),
            TensorType.Float32 => Tensor.Of(_input.Name, Array.ConvertAll(numbers, value => (float)value), shape),
            TensorType.Float16 => Tensor.Of(_input.Name, Array.ConvertAll(numbers, value => (Half)value), shape),
            TensorType.Int64 => Tensor.Of(_input.Name, Array.ConvertAll(numbers, value => (long)value), shape),
            TensorType.Int32 => Tensor.Of(_input.Name, Array.ConvertAll(numbers, value => (int)value), shape),
            _ => throw new InvalidOperationException($"inputs of type {_input.Type} are not filled"),
        };
    }
}
