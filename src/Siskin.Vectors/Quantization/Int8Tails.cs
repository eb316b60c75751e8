using System.Runtime.CompilerServices;

namespace Siskin.Vectors.Quantization;

/// <summary>The four ways from a dot product of codes to a score; see <see cref="Int8Codec"/> for the equations.</summary>
internal static unsafe class Int8Tails
{
    /// <summary>Offsets and steps per dimension, inner product.</summary>
    public readonly struct Dot : IInt8Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Finish(int dot, float* tail, float* query) => (query[0] * dot) + query[1];
    }

    /// <summary>Offsets and steps per dimension, squared distance.</summary>
    public readonly struct L2 : IInt8Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Finish(int dot, float* tail, float* query) => (query[0] * dot) + query[1] + tail[0];
    }

    /// <summary>A step per vector, inner product.</summary>
    public readonly struct SymmetricDot : IInt8Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Finish(int dot, float* tail, float* query) => tail[0] * ((query[0] * dot) + query[1]);
    }

    /// <summary>A step per vector, squared distance.</summary>
    public readonly struct SymmetricL2 : IInt8Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Finish(int dot, float* tail, float* query) => (tail[0] * ((query[0] * dot) + query[1])) + tail[1] + query[2];
    }
}
