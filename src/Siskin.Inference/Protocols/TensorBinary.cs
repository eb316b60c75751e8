using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Tensors as bytes: little-endian, row-major, without gaps; a length of 4 bytes before each value of <see cref="TensorType.Bytes"/>.</summary>
/// <remarks>The binary tensor data extension of Triton.</remarks>
public static class TensorBinary
{
    /// <summary>Reads a tensor from exactly its bytes.</summary>
    /// <exception cref="ServableException">The bytes are more or fewer than the shape needs.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string name, TensorType type, IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var count = Shapes.Count(name, shape);
        var size = SizeOf(type);
        if (size > 0 && bytes.Length != (long)count * size)
        {
            throw Refusal.Of($"'{name}' has {bytes.Length} bytes of data; its shape {Tensor.Describe(shape)} of {TensorTypeNames.OpenInference(type)} needs {(long)count * size}");
        }

        Array data = type switch
        {
            TensorType.Bool => ReadBools(bytes),
            TensorType.UInt8 => bytes.ToArray(),
            TensorType.Int8 => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
            TensorType.UInt16 => Numbers<ushort>(bytes),
            TensorType.Int16 => Numbers<short>(bytes),
            TensorType.Float16 => Numbers<Half>(bytes),
            TensorType.UInt32 => Numbers<uint>(bytes),
            TensorType.Int32 => Numbers<int>(bytes),
            TensorType.Float32 => Numbers<float>(bytes),
            TensorType.UInt64 => Numbers<ulong>(bytes),
            TensorType.Int64 => Numbers<long>(bytes),
            TensorType.Float64 => Numbers<double>(bytes),
            _ => ReadTexts(bytes, name, count),
        };
        return Tensor.Of(name, type, data, shape);
    }

    /// <summary>How many bytes a tensor takes.</summary>
    /// <exception cref="ServableException">More than fit into an answer.</exception>
    public static int Size(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var size = tensor.Type == TensorType.Bytes ? tensor.Values<byte[]>().ToArray().Sum(value => 4L + value.Length) : (long)tensor.Count * SizeOf(tensor.Type);
        return size <= Array.MaxLength ? (int)size : throw new ServableException(ServableError.ResourceExhausted, $"'{tensor.Name}' has {size} bytes");
    }

    /// <summary>Writes a tensor's bytes.</summary>
    /// <param name="tensor">What.</param>
    /// <param name="bytes">Of the length that <see cref="Size"/> says.</param>
    public static void Write(Tensor tensor, Span<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        switch (tensor.Type)
        {
            case TensorType.Bool:
                var bools = tensor.Values<bool>();
                for (var i = 0; i < bools.Length; i++)
                {
                    bytes[i] = bools[i] ? (byte)1 : (byte)0;
                }

                break;
            case TensorType.UInt8:
                tensor.Values<byte>().CopyTo(bytes);
                break;
            case TensorType.Int8:
                MemoryMarshal.AsBytes(tensor.Values<sbyte>()).CopyTo(bytes);
                break;
            case TensorType.UInt16:
                Write(tensor.Values<ushort>(), bytes);
                break;
            case TensorType.Int16:
                Write(tensor.Values<short>(), bytes);
                break;
            case TensorType.Float16:
                Write(tensor.Values<Half>(), bytes);
                break;
            case TensorType.UInt32:
                Write(tensor.Values<uint>(), bytes);
                break;
            case TensorType.Int32:
                Write(tensor.Values<int>(), bytes);
                break;
            case TensorType.Float32:
                Write(tensor.Values<float>(), bytes);
                break;
            case TensorType.UInt64:
                Write(tensor.Values<ulong>(), bytes);
                break;
            case TensorType.Int64:
                Write(tensor.Values<long>(), bytes);
                break;
            case TensorType.Float64:
                Write(tensor.Values<double>(), bytes);
                break;
            default:
                foreach (var value in tensor.Values<byte[]>())
                {
                    BinaryPrimitives.WriteInt32LittleEndian(bytes, value.Length);
                    value.CopyTo(bytes[4..]);
                    bytes = bytes[(4 + value.Length)..];
                }

                break;
        }
    }

    private static int SizeOf(TensorType type) => type switch
    {
        TensorType.Bool or TensorType.UInt8 or TensorType.Int8 => 1,
        TensorType.UInt16 or TensorType.Int16 or TensorType.Float16 => 2,
        TensorType.UInt32 or TensorType.Int32 or TensorType.Float32 => 4,
        TensorType.Bytes => 0,
        _ => 8,
    };

    private static bool[] ReadBools(ReadOnlySpan<byte> bytes)
    {
        var values = new bool[bytes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = bytes[i] != 0;
        }

        return values;
    }

    private static T[] Numbers<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged
    {
        var values = new T[bytes.Length / Unsafe.SizeOf<T>()];
        var target = MemoryMarshal.AsBytes(values.AsSpan());
        bytes.CopyTo(target);
        Turn<T>(target);
        return values;
    }

    private static void Write<T>(ReadOnlySpan<T> values, Span<byte> bytes)
        where T : unmanaged
    {
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        Turn<T>(bytes);
    }

    private static void Turn<T>(Span<byte> bytes)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        for (var i = 0; !BitConverter.IsLittleEndian && i < bytes.Length; i += size)
        {
            bytes.Slice(i, size).Reverse();
        }
    }

    private static byte[][] ReadTexts(ReadOnlySpan<byte> bytes, string name, int count)
    {
        if ((long)count * 4 > bytes.Length)
        {
            throw Refusal.Of($"'{name}' has {bytes.Length} bytes of data; {count} values of BYTES need 4 for the length of each");
        }

        var values = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var length = bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
            if (length > bytes.Length - 4)
            {
                throw Refusal.Of($"'{name}': the data ends within value {i} of {count}");
            }

            values[i] = bytes.Slice(4, (int)length).ToArray();
            bytes = bytes[(4 + (int)length)..];
        }

        return bytes.IsEmpty ? values : throw Refusal.Of($"'{name}' has {bytes.Length} bytes of data behind its {count} values");
    }
}
