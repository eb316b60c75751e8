using System.Runtime.InteropServices;

namespace Siskin.Vectors.Memory;

/// <summary>Zeroed memory outside the garbage collector's heap, on huge pages where the system gives them.</summary>
/// <remarks>
/// <para>
/// Aligned to 2 MiB from that size on, else to 64 bytes; 64 bytes more than asked for may be read. On Linux a large block is taken from the system untouched, so
/// that its pages cost nothing until they are first written; huge pages save most of the address translations that a
/// search jumping through gigabytes would otherwise wait for.
/// </para>
/// <para>
/// A finalizer frees what was not disposed, so whoever works with the pointer must keep the block reachable meanwhile:
/// methods that read it through a field end with <c>GC.KeepAlive(this)</c>. Nobody may use the pointer after
/// <see cref="Dispose"/>.
/// </para>
/// </remarks>
internal sealed unsafe class NativeBlock : IDisposable
{
    /// <summary>Size and alignment of a huge page.</summary>
    public const int HugePageBytes = 2 << 20;

    /// <summary>Bytes after the end that may be read, so that wide loads need no care there.</summary>
    private const int Slack = 64;

    private const int CacheLine = 64;

    private readonly nuint _mappedBytes;
    private nint _pointer;

    /// <summary>Allocates.</summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="hugePages">False takes plain pages from the C library, as on systems without the call for huge ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has not so much memory to give.</exception>
    public NativeBlock(long length, bool hugePages = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        if (hugePages && length >= HugePageBytes && LinuxMemory.IsSupported)
        {
            _mappedBytes = (nuint)((length + Slack + HugePageBytes - 1) & -HugePageBytes);
            _pointer = LinuxMemory.MapAnonymous(_mappedBytes, HugePageBytes);
            LinuxMemory.AdviseHugePages(_pointer, _mappedBytes);
        }
        else
        {
            _pointer = Allocate(length);
        }

        GC.AddMemoryPressure(Math.Max(1, length));
    }

    ~NativeBlock() => Free();

    /// <summary>The first byte.</summary>
    public byte* Pointer => (byte*)_pointer;

    /// <summary>Bytes asked for.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static nint Allocate(long length)
    {
        var alignment = length >= HugePageBytes ? HugePageBytes : CacheLine;
        var pointer = NativeMemory.AlignedAlloc((nuint)(length + Slack), (nuint)alignment);
        NativeMemory.Clear(pointer, (nuint)(length + Slack));
        return (nint)pointer;
    }

    private void Free()
    {
        var pointer = Interlocked.Exchange(ref _pointer, 0);
        if (pointer == 0)
        {
            return;
        }

        GC.RemoveMemoryPressure(Math.Max(1, Length));
        if (_mappedBytes > 0)
        {
            LinuxMemory.Unmap(pointer, _mappedBytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)pointer);
        }
    }
}
