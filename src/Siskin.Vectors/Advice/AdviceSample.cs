using Siskin.Vectors.Files;

namespace Siskin.Vectors.Advice;

/// <summary>What is measured with: rows in random order, queries that are not among them, and rows to add.</summary>
/// <param name="Rows">Any beginning of them is a random sample too.</param>
/// <param name="Queries">What is asked.</param>
/// <param name="Spare">What is added; at least two rows.</param>
internal sealed record AdviceSample(VectorSet Rows, VectorSet Queries, VectorSet Spare)
{
    /// <summary>The most rows that are kept for adding.</summary>
    public const int MostSpare = 500;

    /// <summary>Draws it.</summary>
    /// <exception cref="ArgumentException">There are too few rows, no queries, or their d differ.</exception>
    public static AdviceSample Draw(VectorSet rows, VectorSet? queries, IndexAdvisorOptions options)
    {
        if (rows.Count < IndexAdvisor.LeastRows)
        {
            throw new ArgumentException($"{rows.Count} vectors are too few to measure with; at least {IndexAdvisor.LeastRows} are needed", nameof(rows));
        }

        if (queries is not null && (queries.Count == 0 || queries.Dimensions != rows.Dimensions))
        {
            throw new ArgumentException(
                queries.Count == 0 ? "there are no queries to measure with" : $"the queries have {queries.Dimensions} dimensions, the vectors {rows.Dimensions}",
                nameof(queries));
        }

        var random = new Random(options.Seed);
        var order = Shuffled(rows.Count, random);

        // Held-out rows and rows to add take at most a tenth and a twentieth of few rows.
        var asked = queries is null ? Math.Min(options.SampleQueries, rows.Count / 10) : 0;
        var spare = Math.Min(MostSpare, rows.Count / 20);
        var wanted = options.Count > 0 ? Math.Clamp(options.Count, IndexAdvisor.LeastRows, options.SampleRows) : options.SampleRows;
        var sampled = (int)Math.Min(wanted, rows.Count - asked - spare);
        return new AdviceSample(
            Take(rows, order.AsSpan(asked + spare, sampled)),
            queries is null
                ? Take(rows, order.AsSpan(0, asked))
                : Take(queries, Shuffled(queries.Count, random).AsSpan(0, Math.Min(queries.Count, options.SampleQueries))),
            Take(rows, order.AsSpan(asked, spare)));
    }

    private static int[] Shuffled(int count, Random random)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        random.Shuffle(order);
        return order;
    }

    private static VectorSet Take(VectorSet rows, ReadOnlySpan<int> which)
    {
        var taken = new float[checked(which.Length * rows.Dimensions)];
        for (var i = 0; i < which.Length; i++)
        {
            rows[which[i]].CopyTo(taken.AsSpan(i * rows.Dimensions));
        }

        return new VectorSet(taken, rows.Dimensions);
    }
}
