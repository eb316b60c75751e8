using System.Runtime.CompilerServices;

namespace Siskin.Vectors;

/// <summary>What a search may find, and how hard it looks.</summary>
public readonly ref struct SearchOptions
{
    /// <summary>Bit i (word i / 64, bit i % 64) allows id i; ids behind its end are not allowed. Empty allows all.</summary>
    public ReadOnlySpan<ulong> Allowed { get; init; }

    /// <summary>Allows an id when it answers true, besides <see cref="Allowed"/>; null allows all. Called for many ids, from the searching thread.</summary>
    public Func<int, bool>? Predicate { get; init; }

    /// <summary>
    /// How hard an approximate index looks: EfSearch of HNSW, lists of a scan, probes per table of LSH; an exact index ignores it.
    /// 0, or less, takes what the index was told when it was made.
    /// </summary>
    public int Effort { get; init; }

    /// <summary>Whether some ids may be forbidden.</summary>
    public bool IsFiltered => !Allowed.IsEmpty || Predicate is not null;

    /// <summary>Options that only filter by a bitmap.</summary>
    public static implicit operator SearchOptions(ReadOnlySpan<ulong> allowed) => new() { Allowed = allowed };

    /// <summary>Options that only filter by a bitmap.</summary>
    public static implicit operator SearchOptions(ulong[] allowed) => new() { Allowed = allowed };

    /// <summary>Whether an id may be found.</summary>
    /// <param name="id">0 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int id) =>
        (Allowed.IsEmpty || ((id >> 6) < Allowed.Length && ((Allowed[id >> 6] >> (id & 63)) & 1) != 0))
        && (Predicate is null || Predicate(id));
}
