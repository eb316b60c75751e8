using System.Runtime.InteropServices;

namespace Siskin.Vectors.Memory;

/// <summary>A zeroed piece of memory outside the managed heap, in large pages where the system gives them.</summary>
/// <remarks>
/// Random reads of a large array cost a page-table walk each with pages of 4 KiB; pages of 2 MiB save it. Pages are
/// taken when they are first written, so that room that is never used costs nothing. Freed by <see cref="Dispose"/> or,
/// when nobody holds the block any more, by its finalizer.
/// </remarks>
internal sealed unsafe partial class NativeBlock : IDisposable
{
    private const nuint HugePage = 2 << 20;
    private const long HugeFrom = 16 << 20;
    private const int AdviseHugePages = 14;

    private void* _memory;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much; 64 bytes more may be read, so that wide loads need no care at the end.</param>
    public NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        var isHuge = bytes >= HugeFrom;
        var alignment = isHuge ? HugePage : 64;

        // The system's zeroed allocation is lazy for large pieces, which an aligned one with a clearing pass would not be.
        _memory = NativeMemory.AllocZeroed((nuint)bytes + 64 + alignment);
        Pointer = (byte*)(((nuint)_memory + alignment - 1) & ~(alignment - 1));
        if (isHuge && OperatingSystem.IsLinux())
        {
            // Advice only: where it is not taken, small pages do the same.
            _ = Advise(Pointer, (nuint)bytes, AdviseHugePages);
        }

        GC.AddMemoryPressure(Math.Max(1, bytes));
    }

    ~NativeBlock() => Free();

    /// <summary>Start of the memory, aligned to 64 bytes at least.</summary>
    public byte* Pointer { get; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_memory != null)
        {
            NativeMemory.Free(_memory);
            GC.RemoveMemoryPressure(Math.Max(1, Bytes));
            _memory = null;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
