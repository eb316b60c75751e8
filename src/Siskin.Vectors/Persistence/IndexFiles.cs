namespace Siskin.Vectors.Persistence;

/// <summary>Looks at index files of any kind without searching in them.</summary>
/// <remarks>Safe from any threads, also beside processes that have the file open.</remarks>
public static class IndexFiles
{
    /// <summary>Reads what a file says about itself: header and directory, both checked whole, and nothing else of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">No index file, or its header or directory is damaged, or the file is truncated.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IndexFileSummary Describe(string path)
    {
        using var file = IndexFile.OpenAny(path);
        return Summary(file);
    }

    /// <summary>Compares every byte of a file with its checksums.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told after each block of 256 KiB, from this thread; may be null.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What the file says about itself.</returns>
    /// <exception cref="ModelFormatException">Something is damaged, truncated or of a version that is not read; the offset says where it begins.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>Reads the file once, at the speed of the disk or some gigabytes per second when it is cached; holds one block in memory.</remarks>
    public static IndexFileSummary Verify(string path, IProgress<IndexVerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var file = IndexFile.OpenAny(path);
        file.VerifyAll(progress, cancellationToken);
        return Summary(file);
    }

    private static IndexFileSummary Summary(IndexFile file) => new(
        file.FilePath,
        file.Kind,
        file.KindVersion,
        IndexFileLayout.FormatVersion,
        file.Length,
        file.Metadata.Values,
        [.. file.Sections.Select(s => new IndexSectionSummary(s.Name, s.Offset, s.Length, s.ElementSize))]);
}
