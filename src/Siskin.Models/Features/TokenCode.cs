using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Siskin.Models.Features;

/// <summary>Texts to ids, by vocabulary or by hash. Safe for concurrent use.</summary>
internal sealed class TokenCode
{
    private readonly int _hashBuckets;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;

    /// <summary>Words get ids 1, 2, … in their order; hashing needs none.</summary>
    public TokenCode(string[] words, int hashBuckets)
    {
        Words = words;
        _hashBuckets = hashBuckets;
        var ids = new Dictionary<string, int>(words.Length, StringComparer.Ordinal);
        for (var i = 0; i < words.Length; i++)
        {
            ids.Add(words[i], i + 1);
        }

        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string[] Words { get; }

    public int Size => 1 + (_hashBuckets > 0 ? _hashBuckets : Words.Length);

    /// <summary>The most frequent word first, equals by ordinal order.</summary>
    public static TokenCode Fit(Dictionary<string, int> counts, int minCount, int hashBuckets)
    {
        var words = new List<string>();
        foreach (var (word, count) in counts)
        {
            if (hashBuckets == 0 && count >= minCount)
            {
                words.Add(word);
            }
        }

        words.Sort((a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : string.CompareOrdinal(a, b));
        return new([.. words], hashBuckets);
    }

    public int Encode(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        return _hashBuckets > 0
            ? 1 + (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text)) % (ulong)_hashBuckets)
            : _ids.TryGetValue(text, out var id) ? id : 0;
    }
}
