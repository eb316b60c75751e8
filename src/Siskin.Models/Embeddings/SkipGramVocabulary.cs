namespace Siskin.Models.Embeddings;

/// <summary>The ids that are trained, most frequent first, so that rows used together lie together; and the sequences in these rows.</summary>
internal sealed class SkipGramVocabulary
{
    public SkipGramVocabulary(ItemSequences sequences, SkipGramOptions options)
    {
        Counts = new int[sequences.ItemCount];
        foreach (var item in sequences.Items)
        {
            Counts[item]++;
        }

        var kept = new List<int>();
        for (var item = 0; item < Counts.Length; item++)
        {
            if (Counts[item] >= options.MinimumCount)
            {
                kept.Add(item);
            }
        }

        Items = [.. kept];
        if (Items.Length < 2)
        {
            throw new ArgumentException($"{Items.Length} ids occur {options.MinimumCount} times or more; at least 2 are needed", nameof(sequences));
        }

        Array.Sort(Items, (a, b) => Counts[a] != Counts[b] ? Counts[b].CompareTo(Counts[a]) : a.CompareTo(b));
        (Starts, Rows) = Encode(sequences);
        Trained = new bool[Counts.Length];
        foreach (var row in Rows)
        {
            Trained[Items[row]] = true;
        }

        Keep = KeepThresholds(options.Subsampling);
        var weights = Array.ConvertAll(Items, item => Math.Pow(Counts[item], options.NegativePower));
        NegativeThresholds = new uint[Items.Length];
        NegativeAliases = new int[Items.Length];
        AliasTable.Build(weights, NegativeThresholds, NegativeAliases);
    }

    /// <summary>How often each id occurs, by id.</summary>
    public int[] Counts { get; }

    /// <summary>Whether an id stands in a sequence that is trained on, by id: one that is frequent enough may occur only in sequences of its own.</summary>
    public bool[] Trained { get; }

    /// <summary>The id of each row.</summary>
    public int[] Items { get; }

    /// <summary>Where each sequence of two rows or more starts; the last is the number of rows in all.</summary>
    public int[] Starts { get; }

    public int[] Rows { get; }

    /// <summary>An occurrence is kept when 32 random bits are at most this, by row.</summary>
    public uint[] Keep { get; }

    public uint[] NegativeThresholds { get; }

    public int[] NegativeAliases { get; }

    private (int[] Starts, int[] Rows) Encode(ItemSequences sequences)
    {
        var rowOf = new int[sequences.ItemCount];
        Array.Fill(rowOf, -1);
        for (var row = 0; row < Items.Length; row++)
        {
            rowOf[Items[row]] = row;
        }

        var rows = new int[sequences.Items.Length];
        var starts = new List<int>(sequences.Count + 1) { 0 };
        var write = 0;
        for (var sequence = 0; sequence < sequences.Count; sequence++)
        {
            var start = write;
            foreach (var item in sequences[sequence])
            {
                if (rowOf[item] >= 0)
                {
                    rows[write++] = rowOf[item];
                }
            }

            if (write - start < 2)
            {
                write = start;
                continue;
            }

            starts.Add(write);
        }

        if (write == 0)
        {
            throw new ArgumentException("no sequence has two ids that occur often enough: there is nothing to learn from", nameof(sequences));
        }

        Array.Resize(ref rows, write);
        return ([.. starts], rows);
    }

    private uint[] KeepThresholds(double subsampling)
    {
        var keep = new uint[Items.Length];
        for (var row = 0; row < keep.Length; row++)
        {
            var share = Counts[Items[row]] / (double)Rows.Length;
            var probability = subsampling == 0 ? 1 : Math.Sqrt(subsampling / share) + (subsampling / share);
            keep[row] = probability >= 1 ? uint.MaxValue : (uint)(probability * uint.MaxValue);
        }

        return keep;
    }
}
