using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Memory;

/// <summary>The system calls, for memory and a thread's priority, that .NET has no name for, on 64-bit Linux.</summary>
internal static partial class LinuxMemory
{
    private const int ProtectReadWrite = 3;
    private const int MapPrivate = 0x02;
    private const int MapAnonymousFlag = 0x20;
    private const int MapNoReserve = 0x4000;
    private const int AdviseDontFork = 10;
    private const int AdviseHuge = 14;
    private const int PriorityOfThread = 0;
    private const int LowestPriority = 19;

    /// <summary>Whether the calls are there, with the numbers used here: these differ on some rare processors.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Maps a file so that writes change this process's memory only.</summary>
    /// <remarks>
    /// .NET's own copy-on-write mapping asks the system to set aside memory for a copy of everything, which is refused when
    /// the file is larger than the machine's memory; this one does not.
    /// </remarks>
    /// <exception cref="IOException">The system refuses.</exception>
    public static nint MapPrivateFile(SafeFileHandle file, long length)
    {
        var pointer = Map(0, (nuint)length, ProtectReadWrite, MapPrivate | MapNoReserve, file, 0);
        if (pointer == -1)
        {
            throw new IOException($"{length} bytes of the file cannot be mapped (errno {Marshal.GetLastPInvokeError()})");
        }

        // Children of this process do not need it, and starting them stays quick.
        _ = Advise(pointer, (nuint)length, AdviseDontFork);
        return pointer;
    }

    /// <summary>Zeroed memory, its start aligned to a power of two of at least a page.</summary>
    /// <exception cref="OutOfMemoryException">The system refuses.</exception>
    public static nint MapAnonymous(nuint length, nuint alignment)
    {
        var pointer = Map(0, length + alignment, ProtectReadWrite, MapPrivate | MapAnonymousFlag, -1, 0);
        if (pointer == -1)
        {
            throw new OutOfMemoryException($"{length} bytes of memory cannot be had (errno {Marshal.GetLastPInvokeError()})");
        }

        var aligned = (nint)(((nuint)pointer + alignment - 1) & ~(alignment - 1));
        var before = (nuint)(aligned - pointer);
        if (before > 0)
        {
            Unmap(pointer, before);
        }

        Unmap(aligned + (nint)length, alignment - before);
        return aligned;
    }

    /// <summary>Asks for huge pages; a system without them ignores it.</summary>
    public static void AdviseHugePages(nint pointer, nuint length) => _ = Advise(pointer, length, AdviseHuge);

    /// <summary>Gives memory back.</summary>
    public static void Unmap(nint pointer, nuint length) => _ = UnmapCore(pointer, length);

    /// <summary>Lets every other thread go before the calling one; .NET's own thread priority does nothing on Linux.</summary>
    /// <param name="niceness">1 to 19, the lowest priority.</param>
    public static void LowerThreadPriority(int niceness = LowestPriority)
    {
        if (IsSupported)
        {
            _ = SetPriority(PriorityOfThread, 0, niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapCore(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int id, int priority);
}
