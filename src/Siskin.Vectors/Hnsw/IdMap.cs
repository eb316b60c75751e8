namespace Siskin.Vectors.Hnsw;

/// <summary>Slots by id, in pages that are made when an id of theirs is first set; cheapest for dense ids.</summary>
/// <remarks>Any number of readers beside one writer.</remarks>
internal sealed class IdMap
{
    private const int Shift = 12;
    private const int PageSize = 1 << Shift;

    private int[]?[] _pages = [];

    /// <summary>The slot of an id; −1 when it has none.</summary>
    public int this[int id]
    {
        get
        {
            var pages = Volatile.Read(ref _pages);
            var page = id >> Shift;
            return id >= 0 && page < pages.Length && Volatile.Read(ref pages[page]) is { } slots
                ? Volatile.Read(ref slots[id & (PageSize - 1)]) - 1
                : -1;
        }

        set
        {
            var page = id >> Shift;
            if (page >= _pages.Length)
            {
                var pages = new int[]?[Math.Max(page + 1, Math.Min(_pages.Length * 2, 1 << (31 - Shift)))];
                _pages.CopyTo(pages, 0);
                Volatile.Write(ref _pages, pages);
            }

            var slots = _pages[page];
            if (slots is null)
            {
                slots = new int[PageSize];
                Volatile.Write(ref _pages[page], slots);
            }

            Volatile.Write(ref slots[id & (PageSize - 1)], value + 1);
        }
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => (_pages.Length * 8L) + (_pages.Count(p => p is not null) * (long)PageSize * sizeof(int));
}
