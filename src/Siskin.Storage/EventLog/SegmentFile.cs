using Microsoft.Win32.SafeHandles;

namespace Siskin.Storage.EventLog;

/// <summary>The file that the writer appends to; the one place where a test can make a medium fail.</summary>
internal class SegmentFile(string path, FileMode mode) : IDisposable
{
    private readonly SafeFileHandle _handle =
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Writes parts one behind the other.</summary>
    public virtual void Write(IReadOnlyList<ReadOnlyMemory<byte>> parts, long offset) =>
        RandomAccess.Write(_handle, parts, offset);

    /// <summary>Returns once everything written will survive power loss.</summary>
    public virtual void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <summary>Cuts the file off.</summary>
    public virtual void Truncate(long length) => RandomAccess.SetLength(_handle, length);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
