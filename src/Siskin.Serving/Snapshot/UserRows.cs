using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>Rows of a release's users by id.</summary>
/// <remarks>Keeps no strings: the table goes by <see cref="ItemKey"/>, and what it finds is compared with the release's own list. Immutable.</remarks>
internal sealed class UserRows
{
    private readonly IReadOnlyList<string> _ids;
    private readonly Dictionary<long, int> _rows;
    private readonly Dictionary<string, int> _others = new(StringComparer.Ordinal);

    public UserRows(ReleaseUsers users)
    {
        _ids = users.Ids;
        _rows = new Dictionary<long, int>(_ids.Count);
        for (var row = 0; row < _ids.Count; row++)
        {
            ColumnFileReader.RestAt(row);
            if (!_rows.TryAdd(ItemKey.Of(_ids[row]), row))
            {
                // Another id of the same key: as good as never.
                _others.Add(_ids[row], row);
            }
        }
    }

    /// <summary>The row of an id; −1 when there is none.</summary>
    public int Find(string id) =>
        _rows.TryGetValue(ItemKey.Of(id), out var row) && _ids[row] == id ? row : _others.GetValueOrDefault(id, -1);
}
