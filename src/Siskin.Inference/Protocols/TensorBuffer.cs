using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Values of a tensor while they come in.</summary>
internal abstract class TensorBuffer : IDisposable
{
    /// <summary>How many values there are.</summary>
    public abstract int Count { get; }

    /// <summary>A buffer without values.</summary>
    public static TensorBuffer Of(TensorType type) => type switch
    {
        TensorType.Bool => new TensorBuffer<bool, BoolElement>(),
        TensorType.UInt8 => new TensorBuffer<byte, UInt8Element>(),
        TensorType.UInt16 => new TensorBuffer<ushort, UInt16Element>(),
        TensorType.UInt32 => new TensorBuffer<uint, UInt32Element>(),
        TensorType.UInt64 => new TensorBuffer<ulong, UInt64Element>(),
        TensorType.Int8 => new TensorBuffer<sbyte, Int8Element>(),
        TensorType.Int16 => new TensorBuffer<short, Int16Element>(),
        TensorType.Int32 => new TensorBuffer<int, Int32Element>(),
        TensorType.Int64 => new TensorBuffer<long, Int64Element>(),
        TensorType.Float16 => new TensorBuffer<Half, Float16Element>(),
        TensorType.Float32 => new TensorBuffer<float, Float32Element>(),
        TensorType.Float64 => new TensorBuffer<double, Float64Element>(),
        TensorType.Bytes => new TensorBuffer<byte[], BytesElement>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Takes the value that the reader stands on.</summary>
    /// <exception cref="ServableException">It is not of the type.</exception>
    public abstract void Append(ref TensorJsonReader reader);

    /// <summary>Takes the values from the one that the reader stands on, up to the next token that is none.</summary>
    /// <returns>How many.</returns>
    public abstract int AppendRun(ref TensorJsonReader reader);

    /// <summary>Writes all values again and again, so that they are there so many times.</summary>
    public abstract void Repeat(int times);

    /// <summary>The values in an array of their own.</summary>
    public abstract Tensor ToTensor(string name, IReadOnlyList<long> shape);

    /// <inheritdoc/>
    public abstract void Dispose();
}
