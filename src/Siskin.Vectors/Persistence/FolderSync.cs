using System.Runtime.InteropServices;

namespace Siskin.Vectors.Persistence;

/// <summary>Makes a renamed file's name durable: on Unix the folder must be synced as well as the file.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>Syncs a folder; does nothing on Windows, where the file system's journal sees to it.</summary>
    /// <exception cref="IOException">The folder could not be opened or synced.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"the folder '{folder}' cannot be opened for syncing (errno {Marshal.GetLastPInvokeError()})");
        }

        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);

        // Some network file systems cannot sync folders and say so; there is nothing better to do there.
        if (failed && error != InvalidArgument)
        {
            throw new IOException($"the folder '{folder}' cannot be synced (errno {error})");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
