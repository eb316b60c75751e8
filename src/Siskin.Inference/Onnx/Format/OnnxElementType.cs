namespace Siskin.Inference.Onnx.Format;

/// <summary>What a tensor consists of (<c>TensorProto.DataType</c>). Others of ONNX's types are kept as their number.</summary>
internal enum OnnxElementType
{
    /// <summary>Not given.</summary>
    Undefined = 0,

    /// <summary>Single precision.</summary>
    Float = 1,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 6,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 7,

    /// <summary>A byte each, 0 or 1.</summary>
    Bool = 9,

    /// <summary>Double precision.</summary>
    Double = 11,
}
