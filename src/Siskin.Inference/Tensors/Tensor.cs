using System.Text;

namespace Siskin.Inference.Tensors;

/// <summary>A named array of one type with any number of dimensions, row-major.</summary>
/// <remarks>The array is not copied; who gives a tensor away writes to it no more.</remarks>
public sealed class Tensor
{
    private Tensor(string name, TensorType type, IReadOnlyList<long> shape, Array data) => (Name, Type, Shape, Data) = (name, type, shape, data);

    /// <summary>Of the input or output.</summary>
    public string Name { get; }

    /// <summary>What it consists of.</summary>
    public TensorType Type { get; }

    /// <summary>Length of each dimension; none for a single value.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The values, row-major: an array of the type that <see cref="Type"/> says.</summary>
    public Array Data { get; }

    /// <summary>How many values there are.</summary>
    public int Count => Data.Length;

    /// <summary>A tensor over an array.</summary>
    /// <param name="name">Of the input or output.</param>
    /// <param name="data">Row-major; of one of the types of <see cref="TensorType"/>, <c>byte[]</c> elements for <see cref="TensorType.Bytes"/>.</param>
    /// <param name="shape">Its product is the array's length.</param>
    /// <exception cref="ArgumentException">The shape does not fit, or there is no such type.</exception>
    public static Tensor Of<T>(string name, T[] data, params IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Of(name, TypeOf(typeof(T)), data, shape);
    }

    /// <summary>A tensor of texts, as UTF-8.</summary>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static Tensor OfTexts(string name, IEnumerable<string> texts, params IReadOnlyList<long> shape) => Of(name, texts.Select(Encoding.UTF8.GetBytes).ToArray(), shape);

    /// <summary>A tensor over an array whose type is known only at run time.</summary>
    /// <exception cref="ArgumentException">The array is not of the type, or the shape does not fit.</exception>
    public static Tensor Of(string name, TensorType type, Array data, IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        if (data.GetType().GetElementType() != ElementOf(type))
        {
            throw new ArgumentException($"'{name}' is of type {type}, which an array of {data.GetType().GetElementType()} is not", nameof(data));
        }

        if (CountOf(shape) != data.Length)
        {
            throw new ArgumentException($"'{name}' has {data.Length} values; the shape {Describe(shape)} needs {CountOf(shape)}", nameof(shape));
        }

        return new Tensor(name, type, shape, data);
    }

    /// <summary>How many values a shape has.</summary>
    /// <exception cref="ArgumentException">A length is negative, or there are too many for an array.</exception>
    public static int CountOf(IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var count = 1L;
        var isEmpty = shape.Contains(0);
        foreach (var length in shape)
        {
            if (length < 0 || (!isEmpty && length > Array.MaxLength / count))
            {
                throw new ArgumentException($"the shape {Describe(shape)} is not one that an array can have", nameof(shape));
            }

            count *= isEmpty ? 1 : length;
        }

        return isEmpty ? 0 : (int)count;
    }

    /// <summary>A shape as text: [-1,3], say.</summary>
    public static string Describe(IReadOnlyList<long> shape) => $"[{string.Join(',', shape)}]";

    /// <summary>The type of a tensor's array elements.</summary>
    public static Type ElementOf(TensorType type) => type switch
    {
        TensorType.Bool => typeof(bool),
        TensorType.UInt8 => typeof(byte),
        TensorType.UInt16 => typeof(ushort),
        TensorType.UInt32 => typeof(uint),
        TensorType.UInt64 => typeof(ulong),
        TensorType.Int8 => typeof(sbyte),
        TensorType.Int16 => typeof(short),
        TensorType.Int32 => typeof(int),
        TensorType.Int64 => typeof(long),
        TensorType.Float16 => typeof(Half),
        TensorType.Float32 => typeof(float),
        TensorType.Float64 => typeof(double),
        TensorType.Bytes => typeof(byte[]),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The type of tensors whose arrays have these elements.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TensorType TypeOf(Type element)
    {
        foreach (var type in Enum.GetValues<TensorType>())
        {
            if (ElementOf(type) == element)
            {
                return type;
            }
        }

        throw new ArgumentException($"tensors do not consist of {element}", nameof(element));
    }

    /// <summary>The values.</summary>
    /// <exception cref="InvalidCastException">They are of another type.</exception>
    public ReadOnlySpan<T> Values<T>() => (T[])Data;

    /// <summary>The same values under another name.</summary>
    public Tensor WithName(string name) => new(name, Type, Shape, Data);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type} {Describe(Shape)}";
}
