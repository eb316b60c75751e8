using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Names of types in the protocols.</summary>
public static class TensorTypeNames
{
    private static readonly (TensorType Type, string OpenInference, string TensorFlow)[] Names =
    [
        (TensorType.Bool, "BOOL", "DT_BOOL"),
        (TensorType.UInt8, "UINT8", "DT_UINT8"),
        (TensorType.UInt16, "UINT16", "DT_UINT16"),
        (TensorType.UInt32, "UINT32", "DT_UINT32"),
        (TensorType.UInt64, "UINT64", "DT_UINT64"),
        (TensorType.Int8, "INT8", "DT_INT8"),
        (TensorType.Int16, "INT16", "DT_INT16"),
        (TensorType.Int32, "INT32", "DT_INT32"),
        (TensorType.Int64, "INT64", "DT_INT64"),
        (TensorType.Float16, "FP16", "DT_HALF"),
        (TensorType.Float32, "FP32", "DT_FLOAT"),
        (TensorType.Float64, "FP64", "DT_DOUBLE"),
        (TensorType.Bytes, "BYTES", "DT_STRING"),
    ];

    /// <summary>The name in the Open Inference Protocol: FP32, say.</summary>
    public static string OpenInference(TensorType type) => Array.Find(Names, n => n.Type == type).OpenInference;

    /// <summary>The name in TensorFlow: DT_FLOAT, say.</summary>
    public static string TensorFlow(TensorType type) => Array.Find(Names, n => n.Type == type).TensorFlow;

    /// <summary>The type that the Open Inference Protocol calls so; null when it is unknown.</summary>
    public static TensorType? FromOpenInference(string name) => Array.FindIndex(Names, n => n.OpenInference == name) is >= 0 and var i ? Names[i].Type : null;

    /// <summary>The type that TensorFlow calls so; null when it is unknown.</summary>
    public static TensorType? FromTensorFlow(string name) => Array.FindIndex(Names, n => n.TensorFlow == name) is >= 0 and var i ? Names[i].Type : null;
}
