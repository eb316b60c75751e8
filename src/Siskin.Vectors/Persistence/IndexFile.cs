using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Persistence;

/// <summary>An open index file: sections as memory, verified as they are used.</summary>
/// <remarks>
/// <para>
/// Opening reads the header and the directory, some 40 bytes per megabyte of file, and checks both whole; nothing else is
/// read unless the options ask for it. Sections are mapped copy-on-write: an index may go on changing them in memory.
/// </para>
/// <para>
/// Index files are replaced by renaming a new one over them, never rewritten in place. A process that has a file mapped
/// keeps the old one; one whose file is truncated underneath is ended by the system when it touches the missing pages.
/// On Windows a file cannot be replaced while it is open.
/// </para>
/// <para>Searches may run from any threads; <see cref="Dispose"/> must come after the last of them.</para>
/// </remarks>
internal sealed unsafe class IndexFile : IDisposable
{
    private readonly FileMapping? _mapping;
    private readonly List<NativeBlock> _loaded = [];
    private readonly IndexBlocks _blocks;
    private readonly IndexFileHeader _header;
    private readonly List<IndexSection> _sections = [];

    private IndexFile(string path, SafeFileHandle file, IndexFileHeader header, IndexMetadata metadata, List<IndexSectionRecord> records, ulong[] hashes, bool portable)
    {
        FilePath = path;
        Metadata = metadata;
        _header = header;
        _blocks = new IndexBlocks(path, file, header, records, hashes);
        _mapping = Map(path, file, header.FileLength, portable);
        var firstBlock = 0L;
        foreach (var record in records)
        {
            _sections.Add(new IndexSection(_blocks, record, firstBlock, _mapping.Pointer + record.Offset));
            firstBlock += IndexFileLayout.BlockCount(record.Length, header.BlockBytes);
        }
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>What kind of index it is.</summary>
    public string Kind => _header.Kind;

    /// <summary>Version of that kind's sections and metadata.</summary>
    public int KindVersion => _header.KindVersion;

    /// <summary>Bytes of the whole file.</summary>
    public long Length => _header.FileLength;

    /// <summary>Small named values.</summary>
    public IndexMetadata Metadata { get; }

    /// <summary>All sections, in the order of the file.</summary>
    public IReadOnlyList<IndexSection> Sections => _sections;

    /// <summary>Whether every block is as it was written. A search reads it once; when it is true nothing needs to be made sure of.</summary>
    public bool AllVerified => _blocks.AllVerified;

    /// <summary>The first damage that was found, in the background or by use; null when none was. Touching a damaged block throws in any case.</summary>
    public ModelFormatException? Damage => _blocks.Damage;

    /// <summary>Opens an index file of one kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The kind it must be of.</param>
    /// <param name="oldestVersion">The oldest version of the kind that the caller reads.</param>
    /// <param name="newestVersion">The newest one.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="load">Which sections go into memory when the options ask for it; null means all.</param>
    /// <exception cref="ModelFormatException">No index file, damaged, or of another kind or version.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OutOfMemoryException">What was to be loaded does not fit.</exception>
    public static IndexFile Open(string path, string kind, int oldestVersion, int newestVersion, IndexOpenOptions? options = null, Func<string, bool>? load = null)
    {
        options ??= new IndexOpenOptions();
        var file = OpenAny(path, header => CheckKind(path, header, kind, oldestVersion, newestVersion));
        try
        {
            file.Prepare(options, load);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens an index file of whatever kind, mapped, with nothing verified but header and directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checkHeader">Throws when the file is not the wanted one; null takes any.</param>
    /// <param name="portable">True takes .NET's mapping even where a better one is known.</param>
    /// <exception cref="ModelFormatException">No index file, or damaged.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IndexFile OpenAny(string path, Action<IndexFileHeader>? checkHeader = null, bool portable = false)
    {
        IndexFileLayout.RequireLittleEndian();
        path = Path.GetFullPath(path);
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var length = RandomAccess.GetLength(file);
            var page = new byte[Math.Min(length, IndexFileLayout.PageBytes)];
            Read(path, file, page, 0);
            var header = IndexFileHeader.Read(path, page, length);
            checkHeader?.Invoke(header);
            return ReadDirectory(path, file, header, portable);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a section.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="elementSize">Bytes that its elements must have.</param>
    /// <param name="count">How many elements there must be; −1 takes any number.</param>
    /// <exception cref="ModelFormatException">It is missing or different.</exception>
    public IndexSection Section(string name, int elementSize, long count = -1)
    {
        var section = Find(name) ?? throw Invalid($"section '{name}' is missing");
        if (section.ElementSize != elementSize || (count >= 0 && section.Count != count))
        {
            throw Invalid($"section '{name}' has {section.Count} elements of {section.ElementSize} bytes, expected {(count >= 0 ? count : "some")} of {elementSize}", section.Offset);
        }

        return section;
    }

    /// <summary>Finds a section that need not be there.</summary>
    public IndexSection? Find(string name) => _sections.Find(s => s.Name == name);

    /// <summary>An error about the file's content.</summary>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="offset">Where in the file; −1 when the whole is meant.</param>
    public ModelFormatException Invalid(string message, long offset = -1) => new(FilePath, offset, message);

    /// <summary>Compares every block of the file with its checksum, also those that were compared before.</summary>
    /// <param name="progress">Told after each block; may be null.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="ModelFormatException">A block is damaged: the first such one.</exception>
    public void VerifyAll(IProgress<IndexVerificationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _blocks.VerifyAll(progress, cancellationToken);

    /// <summary>Waits until the background verification has gone through the file; returns at once when there is none.</summary>
    public void WaitForVerification() => _blocks.WaitForBackground();

    /// <summary>Stops the background verification, unmaps the file and frees what was loaded.</summary>
    public void Dispose()
    {
        _blocks.Dispose();
        _mapping?.Dispose();
        foreach (var block in _loaded)
        {
            block.Dispose();
        }
    }

    private static void CheckKind(string path, IndexFileHeader header, string kind, int oldest, int newest)
    {
        if (header.Kind != kind)
        {
            throw new ModelFormatException(path, 16, $"this is an index of kind '{header.Kind}', expected '{kind}'");
        }

        if (header.KindVersion < oldest || header.KindVersion > newest)
        {
            var supported = oldest == newest ? $"version {newest}" : $"versions {oldest} to {newest}";
            var advice = header.KindVersion > newest ? "a newer program wrote it" : "it must be built again";
            throw new ModelFormatException(path, 32, $"an index of kind '{kind}' and version {header.KindVersion}; this program reads {supported}: {advice}");
        }
    }

    private static IndexFile ReadDirectory(string path, SafeFileHandle file, IndexFileHeader header, bool portable)
    {
        if (header.DirectoryBytes > Array.MaxLength)
        {
            throw new ModelFormatException(path, header.DirectoryOffset, $"a directory of {header.DirectoryBytes} bytes is larger than this program reads");
        }

        var directory = new byte[header.DirectoryBytes];
        Read(path, file, directory, header.DirectoryOffset);
        if (IndexFileLayout.Hash(directory) != header.DirectoryHash)
        {
            throw new ModelFormatException(path, header.DirectoryOffset, "the directory's checksum does not match its content: the file is damaged");
        }

        var records = new List<IndexSectionRecord>(header.SectionCount);
        var next = (long)IndexFileLayout.PageBytes;
        var blocks = 0L;
        for (var i = 0; i < header.SectionCount; i++)
        {
            var at = i * IndexSectionRecord.Bytes;
            var record = IndexSectionRecord.Read(path, header.DirectoryOffset + at, directory.AsSpan(at, IndexSectionRecord.Bytes), next, header.DirectoryOffset);
            if (records.Exists(r => r.Name == record.Name))
            {
                throw new ModelFormatException(path, header.DirectoryOffset + at, $"there are two sections called '{record.Name}'");
            }

            records.Add(record);
            next = IndexFileLayout.Align(record.Offset + record.Length);
            blocks += IndexFileLayout.BlockCount(record.Length, header.BlockBytes);
        }

        if (next != header.DirectoryOffset || blocks != header.BlockCount)
        {
            throw new ModelFormatException(path, 48, $"the sections end at {next} and have {blocks} blocks, the header says {header.DirectoryOffset} and {header.BlockCount}");
        }

        var hashOffset = header.SectionCount * IndexSectionRecord.Bytes;
        var hashes = new ulong[header.BlockCount];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = BinaryPrimitives.ReadUInt64LittleEndian(directory.AsSpan(hashOffset + (i * 8)));
        }

        var metadataAt = hashOffset + (hashes.Length * 8);
        var metadata = new IndexMetadata(path, header.DirectoryOffset + metadataAt, directory.AsMemory(metadataAt));
        return new IndexFile(path, file, header, metadata, records, hashes, portable);
    }

    private static FileMapping Map(string path, SafeFileHandle file, long length, bool portable)
    {
        try
        {
            return new FileMapping(file, length, portable);
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    private static void Read(string path, SafeFileHandle file, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(file, target, offset);
            if (read == 0)
            {
                throw new ModelFormatException(path, offset, "the file ends here: it is truncated");
            }

            target = target[read..];
            offset += read;
        }
    }

    private void Prepare(IndexOpenOptions options, Func<string, bool>? load)
    {
        if (options.InMemory)
        {
            foreach (var section in _sections)
            {
                if (section.Length > 0 && (load is null || load(section.Name)))
                {
                    Load(section);
                }
            }
        }

        if (options.Verification == IndexVerification.BeforeUse)
        {
            _blocks.VerifyRemaining();
        }
        else if (options.Verification == IndexVerification.Background)
        {
            _blocks.StartBackground();
        }
    }

    // Copied and compared in one go, by all cores: the first write of each page costs more than both.
    private void Load(IndexSection section)
    {
        var memory = new NativeBlock(IndexFileLayout.Align(section.Length));
        _loaded.Add(memory);
        try
        {
            Parallel.For(0L, IndexFileLayout.BlockCount(section.Length, _header.BlockBytes), block =>
            {
                var start = block * _header.BlockBytes;
                var bytes = (int)Math.Min(_header.BlockBytes, section.Length - start);
                _blocks.Verify(section.FirstBlock, section.Record, block, new Span<byte>(memory.Pointer + start, bytes));
            });
        }
        catch (AggregateException e) when (e.InnerException is ModelFormatException damage)
        {
            throw damage;
        }

        section.Pointer = memory.Pointer;
    }
}
