using Siskin.Data.Catalogue;
using Siskin.Vectors.Kernels;

namespace Siskin.Serving.Releases;

/// <summary>An item's posted vector, as far as it can be compared by cosine.</summary>
internal static class ContentVector
{
    /// <summary>The item's vector; empty when it has none, one of another length, or one without direction: zero, or too long for its norm.</summary>
    /// <param name="item">The item.</param>
    /// <param name="dimensions">Length that vectors have.</param>
    public static ReadOnlyMemory<float> Of(Item item, int dimensions) =>
        item.Vector is { } vector && vector.Length == dimensions && VectorMath.Norm(vector.Span) is > 0 and < float.PositiveInfinity
            ? vector
            : default;
}
