using Siskin.Inference.Tensors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>Types of tensors as ONNX numbers them (<c>TensorProto.DataType</c>).</summary>
internal static class OrtTypes
{
    public const int Text = 8;

    private static readonly string[] Names =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2",
    ];

    public static int NumberOf(TensorType type) => type switch
    {
        TensorType.Bool => 9,
        TensorType.UInt8 => 2,
        TensorType.UInt16 => 4,
        TensorType.UInt32 => 12,
        TensorType.UInt64 => 13,
        TensorType.Int8 => 3,
        TensorType.Int16 => 5,
        TensorType.Int32 => 6,
        TensorType.Int64 => 7,
        TensorType.Float16 => 10,
        TensorType.Float32 => 1,
        TensorType.Float64 => 11,
        TensorType.Bytes => Text,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The type of a number; null for those that tensors here do not have.</summary>
    public static TensorType? TypeOf(int number)
    {
        foreach (var type in Enum.GetValues<TensorType>())
        {
            if (NumberOf(type) == number)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>A type's name in the ONNX specification.</summary>
    public static string NameOf(int number) => number >= 0 && number < Names.Length ? Names[number] : $"type {number}";

    /// <summary>Bits of an element; 0 where the type has no fixed number of them, or is not known.</summary>
    public static int BitsOf(int number) => number switch
    {
        2 or 3 or 9 or 17 or 18 or 19 or 20 or 24 => 8,
        4 or 5 or 10 or 16 => 16,
        1 or 6 or 12 => 32,
        7 or 11 or 13 or 14 => 64,
        15 => 128,
        21 or 22 or 23 => 4,
        25 or 26 => 2,
        _ => 0,
    };
}
