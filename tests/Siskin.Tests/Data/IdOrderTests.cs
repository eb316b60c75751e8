using System.Text;
using Siskin.Data.Catalogue;

namespace Siskin.Tests.Data;

public sealed class IdOrderTests
{
    [Fact]
    public void The_order_is_that_of_the_UTF8_bytes()
    {
        var random = new Random(7);
        int[] points = ['a', 'b', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F9C0, 0x10FFFF];
        var ids = Enumerable.Range(0, 300).Select(_ =>
        {
            var text = new StringBuilder();
            for (var i = random.Next(4); i >= 0; i--)
            {
                text.Append(char.ConvertFromUtf32(points[random.Next(points.Length)]));
            }

            return text.ToString();
        }).ToArray();

        foreach (var a in ids)
        {
            foreach (var b in ids)
            {
                var expected = Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
                Assert.Equal(Math.Sign(expected), Math.Sign(IdOrder.Instance.Compare(a, b)));
            }
        }
    }

    [Fact]
    public void Null_comes_first()
    {
        Assert.True(IdOrder.Instance.Compare(null, string.Empty) < 0);
        Assert.True(IdOrder.Instance.Compare(string.Empty, null) > 0);
        Assert.Equal(0, IdOrder.Instance.Compare(null, null));
    }
}
