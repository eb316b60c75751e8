using System.Runtime.CompilerServices;
using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Hnsw;

/// <summary>Which slots a search may return: those that hold a vector whose id the caller allows.</summary>
internal readonly ref struct SlotFilter(ChunkedRows states, ChunkedRows ids, SearchOptions options)
{
    private readonly SearchOptions _options = options;

    /// <summary>Whether a slot may be returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool Allows(int slot) =>
        Volatile.Read(ref *states.Row(slot)) == (byte)SlotState.Live && _options.Allows(Volatile.Read(ref *(int*)ids.Row(slot)));
}
