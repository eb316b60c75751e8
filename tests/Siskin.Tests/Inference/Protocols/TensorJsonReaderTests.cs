using System.Globalization;
using System.Text;
using System.Text.Json;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Tests.Inference.Protocols;

public sealed class TensorJsonReaderTests
{
    [Fact]
    public void Numbers_are_the_nearest_to_what_is_written()
    {
        var random = new Random(7);
        for (var i = 0; i < 200_000; i++)
        {
            var text = (i % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
                1 => BitConverter.Int32BitsToSingle(random.Next()).ToString("R", CultureInfo.InvariantCulture),
                2 => $"{random.Next(-1000, 1000)}.{random.NextInt64(1L << (1 + random.Next(62)))}e{random.Next(-30, 30)}",
                _ => $"{random.NextInt64(1L << (1 + random.Next(62)))}.{random.Next(1_000_000):D6}",
            };
            if (text.Contains('N') || text.Contains('I') || text.Contains('∞'))
            {
                continue;
            }

            var single = float.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), Reader(text).GetDouble());
            if (float.IsFinite(single))
            {
                Assert.True(single.Equals(Reader(text).GetSingle()), text);
            }
        }
    }

    // Halves between two floats, and the same with a digit more or less: what lies on which side is decided there.
    [Fact]
    public void Middles_between_two_floats_go_to_the_right_side()
    {
        var random = new Random(8);
        for (var i = 0; i < 20_000; i++)
        {
            var value = (float)(random.NextDouble() * Math.Pow(10, random.Next(-5, 10)));
            var middle = ((decimal)value + (decimal)MathF.BitIncrement(value)) / 2;
            foreach (var text in new[] { middle, middle + 1e-28m, middle - 1e-28m }.Select(m => m.ToString(CultureInfo.InvariantCulture)).Where(t => t.Contains('.')))
            {
                Assert.True(float.Parse(text, CultureInfo.InvariantCulture) == Reader(text).GetSingle(), text);
            }
        }

        // 1 + 2^-24 is the middle between 1 and the next float; 16 digits and more stand for a double that is exactly it.
        Assert.Equal(1f, Reader("1.000000059604644775390625").GetSingle());
        Assert.Equal(1.0000001f, Reader("1.00000005960464478").GetSingle());
        Assert.Equal(1f, Reader("1.00000005960464477").GetSingle());
    }

    [Fact]
    public void Tokens_are_those_of_a_strict_reader()
    {
        var random = new Random(9);
        const string Alphabet = "{}[],:\"\\ \t\nntruefalsNI0123456789.-+eEab/u\u0001é";
        var read = 0;
        for (var i = 0; i < 300_000; i++)
        {
            var text = i % 2 == 0
                ? string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]))
                : Spoil(random, """{"a":[1,-2.5e3,true,null,{"b":"x\u00e9\n"}],"c":{},"d":[]}""", Alphabet);
            var expected = Strict(text);
            var given = Tokens(text);
            if (text.Contains('N') || text.Contains('I'))
            {
                continue;
            }

            Assert.True(expected == given, $"{text}: {expected} / {given}");
            read += expected is null ? 0 : 1;
        }

        Assert.True(read > 1_000);
    }

    [Theory]
    [InlineData("[1]", "1", 1)]
    [InlineData("[[1,2,3],[4,5,6]]", "2,3", 6)]
    [InlineData("[[[]],[[]]]", "2,1,0", 0)]
    [InlineData("[]", "0", 0)]
    [InlineData("7", "", 1)]
    public void Nesting_is_the_shape(string json, string shape, int count)
    {
        var reader = Reader(json);
        var tensor = TensorJson.Read(ref reader, "x", TensorType.Int32);
        Assert.Equal(shape, string.Join(',', tensor.Shape));
        Assert.Equal(count, tensor.Count);
    }

    [Theory]
    [InlineData("[[],1]")]
    [InlineData("[1,[]]")]
    [InlineData("[[1],[]]")]
    [InlineData("[[],[1]]")]
    [InlineData("[[],[[]]]")]
    [InlineData("[[[1]],[1]]")]
    [InlineData("[[[1],[2]],[[1]]]")]
    public void Ragged_lists_are_refused(string json) => Assert.Equal(ServableError.InvalidArgument, Assert.Throws<ServableException>(() =>
    {
        var reader = Reader(json);
        TensorJson.Read(ref reader, "x", TensorType.Int32);
    }).Error);

    [Fact]
    public void Random_tensors_come_back_from_json_and_bytes()
    {
        var random = new Random(10);
        for (var i = 0; i < 2_000; i++)
        {
            var tensor = RandomTensor(random);
            using var writer = new TensorJsonWriter();
            TensorJson.Write(writer, tensor, random.Next(2) == 0);
            var reader = new TensorJsonReader(writer.Written.Span);
            reader.Read();
            AssertSame(tensor, TensorJson.Read(ref reader, tensor.Name, tensor.Type));
            Assert.False(reader.Read());

            if (tensor.Type != TensorType.Bytes)
            {
                using var flat = new TensorJsonWriter();
                TensorJson.WriteFlat(flat, tensor);
                reader = new TensorJsonReader(flat.Written.Span);
                reader.Read();
                AssertSame(tensor, TensorJson.Read(ref reader, tensor.Name, tensor.Type, tensor.Shape));
            }

            var bytes = new byte[TensorBinary.Size(tensor)];
            TensorBinary.Write(tensor, bytes);
            AssertSame(tensor, TensorBinary.Read(bytes, tensor.Name, tensor.Type, tensor.Shape));
        }
    }

    [Fact]
    public void Texts_are_written_so_that_others_read_them()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => random.Next(4) switch { 0 => "\"", 1 => ((char)random.Next(1, 128)).ToString(), 2 => "é漢", _ => "😀\\" }));
            using var writer = new TensorJsonWriter();
            writer.StartObject();
            writer.Member(text, text);
            writer.EndObject();
            var member = JsonElement.Parse(writer.Written.Span).EnumerateObject().Single();
            Assert.Equal((text, text), (member.Name, member.Value.GetString()));
        }
    }

    private static TensorJsonReader Reader(string json)
    {
        var reader = new TensorJsonReader(Encoding.UTF8.GetBytes(json), roundsIntegers: true);
        reader.Read();
        return reader;
    }

    private static string? Tokens(string json)
    {
        var tokens = new StringBuilder();
        try
        {
            var reader = new TensorJsonReader(Encoding.UTF8.GetBytes(json));
            while (reader.Read())
            {
                tokens.Append(reader.Token).Append(' ').Append(reader.Token switch
                {
                    TensorJsonToken.Name or TensorJsonToken.String => reader.GetText(),
                    TensorJsonToken.Number => Encoding.UTF8.GetString(reader.Value),
                    _ => string.Empty,
                }).Append('|');
            }

            return tokens.ToString();
        }
        catch (ServableException)
        {
            return null;
        }
    }

    private static string? Strict(string json)
    {
        var tokens = new StringBuilder();
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            while (reader.Read())
            {
                tokens.Append(reader.TokenType == JsonTokenType.PropertyName ? "Name" : reader.TokenType.ToString()).Append(' ').Append(reader.TokenType switch
                {
                    JsonTokenType.PropertyName or JsonTokenType.String => reader.GetString(),
                    JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                    _ => string.Empty,
                }).Append('|');
            }

            return tokens.ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Spoil(Random random, string text, string alphabet)
    {
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, alphabet[random.Next(alphabet.Length)].ToString()),
            _ => string.Concat(text.AsSpan(0, at), alphabet[random.Next(alphabet.Length)].ToString(), text.AsSpan(at + 1)),
        };
    }

    private static Tensor RandomTensor(Random random)
    {
        var shape = Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1, 5)).ToArray();
        var count = Tensor.CountOf(shape);
        var type = Enum.GetValues<TensorType>()[random.Next(13)];
        var data = Array.CreateInstance(Tensor.ElementOf(type), count);
        for (var i = 0; i < count; i++)
        {
            data.SetValue(RandomValue(random, type), i);
        }

        return Tensor.Of("x", type, data, shape);
    }

    private static object RandomValue(Random random, TensorType type)
    {
        var bits = random.NextInt64(long.MinValue, long.MaxValue);
        var bytes = new byte[random.Next(9)];
        random.NextBytes(bytes);
        return type switch
        {
            TensorType.Bool => bits > 0,
            TensorType.UInt8 => (byte)bits,
            TensorType.UInt16 => (ushort)bits,
            TensorType.UInt32 => (uint)bits,
            TensorType.UInt64 => (ulong)bits,
            TensorType.Int8 => (sbyte)bits,
            TensorType.Int16 => (short)bits,
            TensorType.Int32 => (int)bits,
            TensorType.Int64 => bits,
            TensorType.Float16 => BitConverter.Int16BitsToHalf((short)bits) is var half && Half.IsNaN(half) ? Half.NaN : half,
            TensorType.Float32 => BitConverter.Int32BitsToSingle((int)bits) is var single && float.IsNaN(single) ? float.NaN : single,
            TensorType.Float64 => BitConverter.Int64BitsToDouble(bits) is var number && double.IsNaN(number) ? double.NaN : number,
            _ => bytes,
        };
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal((expected.Name, expected.Type), (actual.Name, actual.Type));
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.Data, actual.Data);
    }
}
