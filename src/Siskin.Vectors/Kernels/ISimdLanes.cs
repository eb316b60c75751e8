using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>The float operations that the kernels are written in, once for each vector width.</summary>
/// <typeparam name="TVector">The vector, such as <see cref="Vector512{T}"/> of float.</typeparam>
/// <remarks>
/// Implemented by structs, so that each kernel compiles to straight code of its width. The runtime's own abstraction over
/// widths is not public.
/// </remarks>
internal interface ISimdLanes<TVector>
    where TVector : struct
{
    /// <summary>Floats in a vector; a constant after compilation.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ref float source, nint offset);

    /// <summary>Reads half-precision numbers, given by their bits, as floats; exact for every value.</summary>
    static abstract TVector LoadHalf(ref ushort source, nint offset);

    static abstract void Store(TVector value, ref float target, nint offset);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Subtract(TVector x, TVector y);

    /// <summary>x·y + z, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector z);

    static abstract float Sum(TVector x);

    /// <summary>Sets all but the last <paramref name="keep"/> lanes to zero.</summary>
    static abstract TVector KeepLast(TVector x, int keep);

    /// <summary>Bit i is set unless lane i of x is smaller than that of y; NaN is not smaller.</summary>
    static abstract uint NotLess(TVector x, TVector y);
}
