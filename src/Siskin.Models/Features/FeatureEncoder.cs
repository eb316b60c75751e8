using Siskin.Data.Datasets.Columns;
using Siskin.Models.Training;

namespace Siskin.Models.Features;

/// <summary>Turns rows into features, by what it learnt from training rows. Immutable; safe for concurrent use.</summary>
public sealed class FeatureEncoder
{
    private readonly FeatureSlot[] _slots;

    internal FeatureEncoder(FeatureSchema schema, NumberCode?[] numbers, TokenCode?[] tokens, FeatureSlot[] slots, int[] sizes)
    {
        Schema = schema;
        Numbers = numbers;
        Tokens = tokens;
        _slots = slots;
        Layout = new FeatureLayout(schema, slots, sizes);
        Missing = new float[Layout.DenseCount];
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i].Kind == FeatureKind.Dense)
            {
                Missing[slots[i].Index] = numbers[i]!.Encode(float.NaN);
            }
        }
    }

    /// <summary>What was asked for.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>What comes out.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>By feature.</summary>
    internal NumberCode?[] Numbers { get; }

    /// <summary>By id space; null for those of buckets.</summary>
    internal TokenCode?[] Tokens { get; }

    /// <summary>The dense features of a row without values.</summary>
    internal float[] Missing { get; }

    /// <summary>Learns vocabularies, means and quantiles.</summary>
    /// <param name="schema">What to make of the columns.</param>
    /// <param name="train">Training rows and no others, or the features know the future.</param>
    /// <exception cref="ArgumentException">The schema is not sound, or a column is missing or of another kind.</exception>
    /// <exception cref="TrainingDataException">A number is infinite, or missing where that is not allowed; or there are no rows.</exception>
    /// <remarks>The result does not depend on the order of rows but for rounding of means.</remarks>
    public static FeatureEncoder Fit(FeatureSchema schema, ColumnTable train)
    {
        schema.Validate();
        TrainingDataCheck.Columns(schema, train).ThrowIfAny();
        var counts = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        var numbers = new NumberCode?[schema.Fields.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            switch (schema.Fields[i])
            {
                case DenseField dense:
                    numbers[i] = NumberCode.Fit(dense, train.Numbers(dense.Source));
                    break;
                case BucketField bucket:
                    numbers[i] = NumberCode.Fit(bucket, train.Numbers(bucket.Source));
                    break;
                case TokenField token:
                    var owner = token.VocabularyOf ?? token.Name;
                    counts.TryAdd(owner, new(StringComparer.Ordinal));
                    Count(token, train, counts[owner]);
                    break;
            }
        }

        var words = new Dictionary<string, TokenCode>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
        {
            if (field is TokenField { VocabularyOf: null } token)
            {
                words.Add(token.Name, TokenCode.Fit(counts[token.Name], token.MinCount, token.HashBuckets));
            }
        }

        return Create(schema, numbers, words);
    }

    /// <summary>Reads an encoder from a file.</summary>
    /// <param name="path">Written by <see cref="Save"/>.</param>
    /// <exception cref="Vectors.ModelFormatException">The file is damaged, truncated or of another format or version.</exception>
    public static FeatureEncoder Load(string path) => FeatureEncoderFile.Load(path);

    /// <summary>Writes the encoder beside the path and renames it into place, so that a half-written file is never seen.</summary>
    /// <param name="path">The file; replaced if there is one.</param>
    public void Save(string path) => FeatureEncoderFile.Save(this, path);

    /// <summary>A row to fill; one per thread.</summary>
    public FeatureRow CreateRow() => new(this);

    /// <summary>Encodes rows with their labels and groups.</summary>
    /// <param name="rows">A table with the schema's columns. Labels may be missing altogether (all are NaN then), groups too (−1).</param>
    /// <exception cref="ArgumentException">A feature's column is missing or of another kind.</exception>
    /// <remarks>Groups are numbered in the order in which they first occur in this table; an empty group text is a group too.</remarks>
    public FeatureTable Encode(ColumnTable rows)
    {
        var table = new FeatureTable(Layout, rows.RowCount);
        var row = CreateRow();
        var labels = new float[Layout.Labels.Count];
        var labelColumns = Array.ConvertAll([.. Layout.Labels], name => rows.Contains(name) ? rows.Numbers(name) : null);
        var groupColumn = Schema.Group is { } group && rows.Contains(group) ? rows.Texts(group) : null;
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var columns = Array.ConvertAll(_slots, slot => Column(slot.Field, rows));
        for (var r = 0; r < rows.RowCount; r++)
        {
            row.Clear();
            for (var i = 0; i < columns.Length; i++)
            {
                SetCell(row, i, columns[i], r);
            }

            for (var task = 0; task < labels.Length; task++)
            {
                labels[task] = labelColumns[task] is { } column ? column[r] : float.NaN;
            }

            var number = -1;
            if (groupColumn is not null && !groups.TryGetValue(groupColumn[r], out number))
            {
                groups.Add(groupColumn[r], number = groups.Count);
            }

            table.Append(row, labels, number);
        }

        return table;
    }

    internal static FeatureEncoder Create(FeatureSchema schema, NumberCode?[] numbers, Dictionary<string, TokenCode> words)
    {
        var (slots, sizes, tokens) = (new FeatureSlot[schema.Fields.Count], new List<int>(), new List<TokenCode?>());
        var spaces = new Dictionary<string, int>(StringComparer.Ordinal);
        var (dense, categorical, lists) = (0, 0, 0);
        for (var i = 0; i < slots.Length; i++)
        {
            var field = schema.Fields[i];
            if (field is DenseField)
            {
                slots[i] = new(field, FeatureKind.Dense, dense++, -1, 0);
                continue;
            }

            var owner = field is TokenField { VocabularyOf: { } other } ? other : field.Name;
            if (!spaces.TryGetValue(owner, out var space))
            {
                spaces.Add(owner, space = sizes.Count);
                tokens.Add(field is TokenField ? words[owner] : null);
                sizes.Add(tokens[^1]?.Size ?? numbers[i]!.Edges.Length + 2);
            }

            slots[i] = field is MultiHotField or SequenceField
                ? new(field, FeatureKind.List, lists++, space, sizes[space])
                : new(field, FeatureKind.Categorical, categorical++, space, sizes[space]);
        }

        return new(schema, numbers, [.. tokens], slots, [.. sizes]);
    }

    internal FeatureSlot SlotAt(int feature) => _slots[feature];

    private static void SetCell(FeatureRow row, int feature, Array column, int at)
    {
        switch (column)
        {
            case float[] numbers:
                row.Set(feature, numbers[at]);
                break;
            case string[] texts:
                row.Set(feature, texts[at]);
                break;
            case string[][] lists:
                foreach (var text in lists[at])
                {
                    row.Add(feature, text);
                }

                break;
        }
    }

    private static Array Column(FeatureField field, ColumnTable rows) => field switch
    {
        DenseField or BucketField => rows.Numbers(field.Source),
        CategoricalField => rows.Texts(field.Source),
        _ => rows.Lists(field.Source),
    };

    private static void Count(TokenField field, ColumnTable train, Dictionary<string, int> counts)
    {
        void Add(string word)
        {
            if (word.Length > 0)
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        if (field is CategoricalField)
        {
            Array.ForEach(train.Texts(field.Source), Add);
        }
        else
        {
            Array.ForEach(train.Lists(field.Source), list => Array.ForEach(list, Add));
        }
    }
}
