using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Persistence;

/// <summary>Writes an index file, section after section, each as long as it turns out to be.</summary>
/// <remarks>
/// Writes into a file beside the wanted one; <see cref="Commit"/> syncs it and renames it, so that a reader sees the old
/// file or the new one, also after a power cut. Disposed without a commit it leaves nothing behind. For one thread. Holds
/// one block of memory, plus eight bytes per 256 KiB written.
/// </remarks>
internal sealed unsafe class IndexFileWriter : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly string _kind;
    private readonly int _kindVersion;
    private readonly SafeFileHandle _file;
    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(IndexFileLayout.BlockBytes);
    private readonly List<IndexSectionRecord> _sections = [];
    private readonly List<ulong> _hashes = [];
    private string? _section;
    private int _elementSize;
    private long _sectionOffset;
    private long _sectionLength;
    private long _position = IndexFileLayout.PageBytes;
    private int _buffered;
    private bool _committed;

    /// <summary>Starts a file.</summary>
    /// <param name="path">What it will be called; a file of that name stays as it is until <see cref="Commit"/>.</param>
    /// <param name="kind">What kind of index it is: 1 to 16 letters, digits or hyphens.</param>
    /// <param name="kindVersion">Version of that kind's sections and metadata, from 1.</param>
    /// <exception cref="ArgumentException">The kind is no name.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public IndexFileWriter(string path, string kind, int kindVersion)
    {
        IndexFileLayout.RequireLittleEndian();
        ArgumentOutOfRangeException.ThrowIfLessThan(kindVersion, 1);
        if (!IndexFileHeader.IsKind(kind))
        {
            throw new ArgumentException($"'{kind}' is not 1 to 16 letters, digits or hyphens", nameof(kind));
        }

        _path = Path.GetFullPath(path);
        _kind = kind;
        _kindVersion = kindVersion;
        _temporary = $"{_path}.tmp-{Guid.NewGuid():N}";
        Metadata = new IndexMetadata(_path);
        _file = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Small named values; may be set until <see cref="Commit"/>.</summary>
    public IndexMetadata Metadata { get; }

    /// <summary>Starts a section; the one before is complete.</summary>
    /// <param name="name">1 to 31 characters of ASCII, not used before in this file.</param>
    /// <param name="elementSize">Bytes of one element; readers check it, and that the length is a multiple.</param>
    /// <exception cref="ArgumentException">The name is used or not allowed, or the section before has no whole number of elements.</exception>
    public void BeginSection(string name, int elementSize = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elementSize, 1);
        EndSection();
        if (!IndexSectionRecord.IsName(name) || _sections.Exists(s => s.Name == name) || _sections.Count == IndexFileLayout.MaxSections)
        {
            throw new ArgumentException($"there is no room for a section called '{name}'", nameof(name));
        }

        _section = name;
        _elementSize = elementSize;
        _sectionOffset = _position;
        _sectionLength = 0;
    }

    /// <summary>Appends to the current section.</summary>
    /// <exception cref="InvalidOperationException">No section was begun.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_section is null)
        {
            throw new InvalidOperationException("no section was begun");
        }

        _sectionLength += bytes.Length;
        if (_buffered > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, _block.Length - _buffered)];
            part.CopyTo(_block.AsSpan(_buffered));
            _buffered += part.Length;
            bytes = bytes[part.Length..];
            if (_buffered < _block.Length)
            {
                return;
            }

            WriteBlock(_block);
            _buffered = 0;
        }

        for (; bytes.Length >= IndexFileLayout.BlockBytes; bytes = bytes[IndexFileLayout.BlockBytes..])
        {
            WriteBlock(bytes[..IndexFileLayout.BlockBytes]);
        }

        bytes.CopyTo(_block);
        _buffered = bytes.Length;
    }

    /// <summary>Appends values to the current section, as they are in memory.</summary>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // As bytes a very long span would not fit into one.
        const int Part = 1 << 20;
        for (; values.Length > 0; values = values[Math.Min(Part, values.Length)..])
        {
            Write(MemoryMarshal.AsBytes(values[..Math.Min(Part, values.Length)]));
        }
    }

    /// <summary>Appends memory to the current section. Memory mapped from another index file must have been verified.</summary>
    /// <param name="source">Start.</param>
    /// <param name="length">Bytes, 0 or more.</param>
    public void Write(void* source, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        const int Part = 1 << 30;
        for (var from = (byte*)source; length > 0; from += Part, length -= Part)
        {
            Write(new ReadOnlySpan<byte>(from, (int)Math.Min(Part, length)));
        }
    }

    /// <summary>Writes a whole section.</summary>
    public void WriteSection<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        BeginSection(name, sizeof(T));
        Write(values);
    }

    /// <summary>Writes a whole section.</summary>
    public void WriteSection(string name, int elementSize, void* source, long length)
    {
        BeginSection(name, elementSize);
        Write(source, length);
    }

    /// <summary>Copies a section of another file as it now is in memory, after verifying it, so that damage is never given a fresh checksum.</summary>
    /// <exception cref="ModelFormatException">The other file is damaged.</exception>
    public void WriteSection(IndexSection section)
    {
        section.EnsureVerified();
        WriteSection(section.Name, section.ElementSize, section.Pointer, section.Length);
    }

    /// <summary>Completes the file, makes it durable and gives it its name.</summary>
    /// <exception cref="IOException">Something could not be written; the file of that name is still what it was.</exception>
    public void Commit()
    {
        EndSection();
        var directory = Directory(out var metadataBytes);
        RandomAccess.Write(_file, directory, _position);
        var header = new IndexFileHeader(
            _kind, _kindVersion, IndexFileLayout.BlockBytes, _sections.Count, _hashes.Count, metadataBytes, _position, IndexFileLayout.Hash(directory), _position + directory.Length);
        var page = new byte[IndexFileLayout.PageBytes];
        header.Write(page);
        RandomAccess.Write(_file, page, 0);
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
        FolderSync.Flush(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        if (!_committed)
        {
            File.Delete(_temporary);
        }
    }

    private void EndSection()
    {
        if (_section is null)
        {
            return;
        }

        if (_sectionLength % _elementSize != 0)
        {
            throw new ArgumentException($"section '{_section}' has {_sectionLength} bytes, which are no whole number of elements of {_elementSize}");
        }

        if (_buffered > 0)
        {
            var padded = (int)IndexFileLayout.Align(_buffered);
            _block.AsSpan(_buffered, padded - _buffered).Clear();
            WriteBlock(_block.AsSpan(0, padded));
            _buffered = 0;
        }

        _sections.Add(new IndexSectionRecord(_section, _sectionOffset, _sectionLength, _elementSize));
        _section = null;
    }

    private void WriteBlock(ReadOnlySpan<byte> block)
    {
        _hashes.Add(IndexFileLayout.Hash(block));
        RandomAccess.Write(_file, block, _position);
        _position += block.Length;
    }

    private byte[] Directory(out int metadataBytes)
    {
        var metadata = Metadata.ToJson();
        if (metadata.Length > IndexFileLayout.MaxMetadataBytes)
        {
            throw new InvalidOperationException($"{metadata.Length} bytes of metadata; large things belong into sections");
        }

        metadataBytes = metadata.Length;
        var directory = new byte[(_sections.Count * IndexSectionRecord.Bytes) + (_hashes.Count * 8) + metadata.Length];
        var at = 0;
        foreach (var section in _sections)
        {
            section.Write(directory.AsSpan(at));
            at += IndexSectionRecord.Bytes;
        }

        foreach (var hash in _hashes)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(directory.AsSpan(at), hash);
            at += 8;
        }

        metadata.CopyTo(directory, at);
        return directory;
    }
}
