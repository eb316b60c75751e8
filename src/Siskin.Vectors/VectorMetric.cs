namespace Siskin.Vectors;

/// <summary>How the nearness of two vectors is measured.</summary>
public enum VectorMetric
{
    /// <summary>Inner product; larger is nearer.</summary>
    InnerProduct,

    /// <summary>Cosine of the angle, −1 to 1; larger is nearer. A zero vector has cosine 0 with every vector.</summary>
    Cosine,

    /// <summary>Squared Euclidean distance; smaller is nearer.</summary>
    L2,
}
