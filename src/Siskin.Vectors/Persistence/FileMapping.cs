using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Persistence;

/// <summary>A whole file as memory; writes change this process's copy of a page and never the file.</summary>
/// <remarks>
/// The file may be replaced by renaming another over its name: the mapping keeps the old one. It must not be written or
/// truncated in place; the system ends a process that reads a mapped page which is no longer there.
/// </remarks>
internal sealed unsafe class FileMapping : IDisposable
{
    private readonly MemoryMappedFile? _portable;
    private readonly MemoryMappedViewAccessor? _view;
    private nint _pointer;

    /// <summary>Maps.</summary>
    /// <param name="file">Open for reading; may be closed afterwards.</param>
    /// <param name="length">Its length in bytes, 1 or more.</param>
    /// <param name="portable">True takes .NET's mapping even where a better one is known.</param>
    public FileMapping(SafeFileHandle file, long length, bool portable = false)
    {
        Length = length;
        if (!portable && LinuxMemory.IsSupported)
        {
            _pointer = LinuxMemory.MapPrivateFile(file, length);
            return;
        }

        _portable = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _portable.CreateViewAccessor(0, length, MemoryMappedFileAccess.CopyOnWrite);
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _pointer = (nint)(pointer + _view.PointerOffset);
        }
        catch
        {
            _view?.Dispose();
            _portable.Dispose();
            throw;
        }
    }

    ~FileMapping()
    {
        // .NET's own mapping has a finalizer of its own.
        if (_portable is null)
        {
            Unmap();
        }
    }

    /// <summary>The file's first byte.</summary>
    public byte* Pointer => (byte*)_pointer;

    /// <summary>Bytes mapped.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        var pointer = Interlocked.Exchange(ref _pointer, 0);
        if (pointer == 0)
        {
            return;
        }

        if (_view is null)
        {
            LinuxMemory.Unmap(pointer, (nuint)Length);
            return;
        }

        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _portable?.Dispose();
    }
}
