using System.Collections;
using System.Text;

namespace Siskin.Serving.Releases;

/// <summary>Many texts in two arrays: each is made when it is asked for, and anew each time.</summary>
/// <remarks>As strings they would be most of the objects that the garbage collector has to carry for a release. Immutable.</remarks>
/// <param name="utf8">All texts, one behind the other.</param>
/// <param name="ends">For each text where it ends.</param>
internal sealed class TextList(byte[] utf8, int[] ends) : IReadOnlyList<string>
{
    public int Count => ends.Length;

    public string this[int index] => Encoding.UTF8.GetString(Utf8(index));

    public ReadOnlySpan<byte> Utf8(int index) => utf8.AsSpan((index == 0 ? 0 : ends[index - 1])..ends[index]);

    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
