using Siskin.Vectors.Files;

namespace Siskin.Vectors.Advice;

/// <summary>Takes some vectors of a file at random, in memory that does not grow with the file.</summary>
public static class VectorSample
{
    private const int PieceLength = 1 << 20;

    /// <summary>How many rows <see cref="IndexAdvisor"/> has use for: those measured on, held out and added.</summary>
    /// <param name="options">What the advisor is told.</param>
    /// <param name="holdsOut">Whether queries are held out of the rows.</param>
    public static int RowsFor(IndexAdvisorOptions options, bool holdsOut) =>
        (int)Math.Min(int.MaxValue, options.SampleRows + AdviceSample.MostSpare + (holdsOut ? (long)options.SampleQueries : 0));

    /// <summary>Reads the whole file and keeps some rows of it, all with the same chance; all when there are no more.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many to keep, at least 1; fewer are kept where an array cannot hold them.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="total">How many rows the file has.</param>
    /// <param name="options">How the file is read; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="ModelFormatException">The file is damaged or of no known format.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <remarks>Vitter 1985, Algorithm R. The order of what is kept is not random.</remarks>
    public static VectorSet Read(
        string path, int count, int seed, out long total, VectorFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var reader = VectorFile.Open(path, options);
        var d = reader.Dimensions;
        count = Math.Min(count, Array.MaxLength / d);
        var random = new Random(seed);
        var piece = new float[Math.Max(1, PieceLength / d) * d];
        var kept = new float[Math.Min(count, reader.Count >= 0 ? reader.Count : 1024) * d];
        total = 0;
        for (int read; (read = reader.Read(piece)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < read; i++, total++)
            {
                var place = total < count ? total : random.NextInt64(total + 1);
                if (place >= count)
                {
                    continue;
                }

                if ((place + 1) * d > kept.Length)
                {
                    Array.Resize(ref kept, (int)Math.Min(2L * kept.Length, (long)count * d));
                }

                piece.AsSpan(i * d, d).CopyTo(kept.AsSpan((int)(place * d), d));
            }
        }

        return new VectorSet(kept.AsMemory(0, (int)(Math.Min(total, count) * d)), d);
    }
}
