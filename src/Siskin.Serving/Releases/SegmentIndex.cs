namespace Siskin.Serving.Releases;

/// <summary>Popular items of each segment of users: what somebody never heard of gets.</summary>
/// <param name="Keys">Segments as <c>attribute=value</c>, in ordinal order.</param>
/// <param name="Starts">Length keys + 1: where each segment's items start.</param>
/// <param name="Items">Rows, best first.</param>
/// <param name="Scores">Share of the segment's positive events that the item has; larger is better.</param>
public sealed record SegmentIndex(IReadOnlyList<string> Keys, int[] Starts, int[] Items, float[] Scores)
{
    /// <summary>No segments.</summary>
    public static SegmentIndex Empty { get; } = new([], [0], [], []);

    /// <summary>The segment of an attribute's value.</summary>
    public static string Key(string attribute, string value) => attribute + "=" + value;

    /// <summary>The place of a segment in <see cref="Keys"/>; −1 when there is none.</summary>
    public int Find(string key)
    {
        var (low, high) = (0, Keys.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(Keys[middle], key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
