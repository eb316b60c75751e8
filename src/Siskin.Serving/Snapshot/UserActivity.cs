namespace Siskin.Serving.Snapshot;

/// <summary>What one user did lately: appended to by one writer, read by any request.</summary>
internal sealed class UserActivity
{
    /// <summary>Entries kept at the most; the older half goes when it is reached.</summary>
    public const int MaxEntries = 4096;

    private Block _block = new(new ActivityEntry[4], 0);

    /// <summary>The entries, oldest first.</summary>
    public ReadOnlySpan<ActivityEntry> Entries
    {
        get
        {
            var block = Volatile.Read(ref _block);
            return block.Entries.AsSpan(0, Volatile.Read(ref block.Count));
        }
    }

    public void Append(ActivityEntry entry)
    {
        var block = _block;
        if (block.Count == block.Entries.Length)
        {
            var keepFrom = block.Count >= MaxEntries ? block.Count / 2 : 0;
            var kept = block.Count - keepFrom;
            var larger = new ActivityEntry[Math.Min(Math.Max(kept * 2, 8), MaxEntries)];
            block.Entries.AsSpan(keepFrom, kept).CopyTo(larger);
            block = new Block(larger, kept);
        }

        // The entry is written before the count that covers it; a reader of the old block keeps a consistent, older view.
        block.Entries[block.Count] = entry;
        Volatile.Write(ref block.Count, block.Count + 1);
        Volatile.Write(ref _block, block);
    }

    /// <summary>Puts entries before those that are there; the oldest are left out where there is no room.</summary>
    public void AddBefore(ReadOnlySpan<ActivityEntry> earlier)
    {
        var entries = Entries;
        var taken = Math.Min(earlier.Length, MaxEntries - entries.Length);
        if (taken <= 0)
        {
            return;
        }

        var all = new ActivityEntry[taken + entries.Length];
        earlier[^taken..].CopyTo(all);
        entries.CopyTo(all.AsSpan(taken));
        Volatile.Write(ref _block, new Block(all, all.Length));
    }

    /// <summary>Forgets entries before a position in the log.</summary>
    /// <returns>Whether any are left.</returns>
    public bool ForgetBefore(long position)
    {
        var entries = Entries;
        var from = 0;
        while (from < entries.Length && entries[from].Position < position)
        {
            from++;
        }

        if (from > 0)
        {
            var rest = entries[from..].ToArray();
            Volatile.Write(ref _block, new Block(rest, rest.Length));
        }

        return from < entries.Length;
    }

    private sealed class Block(ActivityEntry[] entries, int count)
    {
        public readonly ActivityEntry[] Entries = entries;
        public int Count = count;
    }
}
