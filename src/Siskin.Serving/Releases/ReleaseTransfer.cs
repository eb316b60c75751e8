namespace Siskin.Serving.Releases;

/// <summary>Copies releases between stores: a home's and a shared folder's.</summary>
public static class ReleaseTransfer
{
    /// <summary>Copies what the target lacks.</summary>
    /// <param name="from">Where the releases are.</param>
    /// <param name="to">Where they shall be.</param>
    /// <param name="newestOnly">Whether only the newest is copied.</param>
    /// <param name="cancellationToken">Ends it between two files; the release under way is then not there.</param>
    /// <returns>The numbers that were copied.</returns>
    /// <exception cref="Vectors.ModelFormatException">A release is damaged at its source or by the copying, or the target has another one of the same number; releases copied before stay.</exception>
    /// <remarks>
    /// Each is written beside, made durable, read again and compared with the SHA-256 of its manifest, and then renamed into
    /// place. Releases that wait for a gate, or were refused by one, are not copied. Safe beside other writers.
    /// </remarks>
    public static IReadOnlyList<int> Copy(ReleaseStore from, ReleaseStore to, bool newestOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var open = from.List().Where(from.IsOpen).ToList();
        var there = to.List().ToHashSet();
        var copied = new List<int>();
        foreach (var number in newestOnly ? open.TakeLast(1) : open)
        {
            if (there.Contains(number))
            {
                Compare(from, to, number);
            }
            else
            {
                to.CopyFrom(from, number, cancellationToken);
                copied.Add(number);
            }
        }

        return copied;
    }

    /// <summary>Two trainers that number by themselves would otherwise go unnoticed.</summary>
    private static void Compare(ReleaseStore from, ReleaseStore to, int number)
    {
        if (from.ManifestHash(number) != to.ManifestHash(number))
        {
            throw new Vectors.ModelFormatException(to.PathOf(number), -1, $"is another release than the one of the same number in {from.Directory}");
        }
    }
}
