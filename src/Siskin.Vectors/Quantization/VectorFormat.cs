namespace Siskin.Vectors.Quantization;

/// <summary>How an index holds the vectors that a search compares against.</summary>
public enum VectorFormat
{
    /// <summary>As given: 4 bytes a number.</summary>
    Float32,

    /// <summary>Half precision: 2 bytes a number.</summary>
    Float16,

    /// <summary>One byte a number, each dimension with its own offset and step, learned from the vectors at building.</summary>
    Int8,

    /// <summary>One byte a number and one step per vector, its largest magnitude / 127; needs nothing learned.</summary>
    Int8Symmetric,

    /// <summary>Product quantisation: one byte per sub-space of a few dimensions, naming one of 256 learned centroids.</summary>
    ProductQuantized,
}
