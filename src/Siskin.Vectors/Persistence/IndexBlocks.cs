using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Persistence;

/// <summary>Compares a file's blocks with their checksums, each once, and remembers which are as they were written.</summary>
/// <remarks>
/// <para>
/// Reads the file itself, not its mapping: what an index has changed in its private memory is never compared, a disk that
/// fails or a file cut short is an exception and not a signal, and the pages read are the ones that the mapping then shows.
/// </para>
/// <para>
/// Safe for any number of threads. Two that first touch a block at the same moment both compare it, and neither returns
/// before one of them is done.
/// </para>
/// </remarks>
internal sealed class IndexBlocks : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly IndexFileHeader _header;
    private readonly IReadOnlyList<IndexSectionRecord> _sections;
    private readonly ulong[] _hashes;
    private readonly ulong[] _verified;
    private long _remaining;
    private volatile bool _allVerified;
    private volatile ModelFormatException? _damage;
    private volatile bool _stop;
    private Thread? _thread;

    /// <summary>Starts with nothing verified.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The open file; disposed with this.</param>
    /// <param name="header">Its header.</param>
    /// <param name="sections">Its sections.</param>
    /// <param name="hashes">Checksums of their blocks.</param>
    public IndexBlocks(string path, SafeFileHandle file, IndexFileHeader header, IReadOnlyList<IndexSectionRecord> sections, ulong[] hashes)
    {
        _path = path;
        _file = file;
        _header = header;
        _sections = sections;
        _hashes = hashes;
        _verified = new ulong[(hashes.Length + 63) / 64];
        _remaining = hashes.Length;
        _allVerified = hashes.Length == 0;
    }

    /// <summary>Whether every block is as it was written; once true it stays so.</summary>
    public bool AllVerified => _allVerified;

    /// <summary>The first damage that was found, by whomever.</summary>
    public ModelFormatException? Damage => _damage;

    /// <summary>Makes sure of the blocks that a piece of a section lies in.</summary>
    /// <param name="firstBlock">The section's first block, counted through the file.</param>
    /// <param name="section">The section.</param>
    /// <param name="offset">From its start, inside of it.</param>
    /// <param name="length">1 or more, ending inside of it.</param>
    /// <exception cref="ModelFormatException">A block is damaged.</exception>
    public void Ensure(long firstBlock, IndexSectionRecord section, long offset, long length)
    {
        var last = (offset + length - 1) / _header.BlockBytes;
        for (var block = offset / _header.BlockBytes; block <= last; block++)
        {
            if (!IsVerified(firstBlock + block))
            {
                Verify(firstBlock, section, block, default);
            }
        }
    }

    /// <summary>An error about the file's content.</summary>
    public ModelFormatException Invalid(long offset, string message) => new(_path, offset, message);

    /// <summary>Compares one block, and copies it if asked.</summary>
    /// <param name="firstBlock">The section's first block, counted through the file.</param>
    /// <param name="section">The section.</param>
    /// <param name="block">Counted from the section's start.</param>
    /// <param name="copy">Output: room for the block up to the section's end; or empty.</param>
    /// <exception cref="ModelFormatException">The block is damaged or cannot be read.</exception>
    public void Verify(long firstBlock, IndexSectionRecord section, long block, Span<byte> copy)
    {
        var start = block * _header.BlockBytes;
        var bytes = (int)Math.Min(_header.BlockBytes, IndexFileLayout.Align(section.Length) - start);
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var content = buffer.AsSpan(0, bytes);
            Read(content, section.Offset + start, section.Name);
            if (IndexFileLayout.Hash(content) != _hashes[firstBlock + block])
            {
                throw Damaged(section.Offset + start, $"the {bytes} bytes from here on, in section '{section.Name}', do not match their checksum: the file is damaged");
            }

            content[..copy.Length].CopyTo(copy);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Mark(firstBlock + block);
    }

    /// <summary>Compares every block, also those that were compared before.</summary>
    /// <exception cref="ModelFormatException">A block is damaged or cannot be read: the first such one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void VerifyAll(IProgress<IndexVerificationProgress>? progress, CancellationToken cancellationToken)
    {
        var total = _header.DirectoryOffset - IndexFileLayout.PageBytes;
        var done = 0L;
        var firstBlock = 0L;
        foreach (var section in _sections)
        {
            var count = IndexFileLayout.BlockCount(section.Length, _header.BlockBytes);
            for (var block = 0L; block < count; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Verify(firstBlock, section, block, default);
                done = Math.Min(total, done + _header.BlockBytes);
                progress?.Report(new IndexVerificationProgress(done, total));
            }

            firstBlock += count;
        }
    }

    /// <summary>Compares every block that nobody has used yet.</summary>
    /// <exception cref="ModelFormatException">A block is damaged or cannot be read: the first such one.</exception>
    public void VerifyRemaining()
    {
        var firstBlock = 0L;
        foreach (var section in _sections)
        {
            if (section.Length > 0)
            {
                Ensure(firstBlock, section, 0, section.Length);
            }

            firstBlock += IndexFileLayout.BlockCount(section.Length, _header.BlockBytes);
        }
    }

    /// <summary>Starts a thread that goes through the blocks that nobody has used yet.</summary>
    public void StartBackground()
    {
        if (_allVerified)
        {
            return;
        }

        _thread = new Thread(Background) { IsBackground = true, Name = "Siskin index verification", Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>Waits until the background thread has gone through everything; for tests and measurements.</summary>
    public void WaitForBackground() => _thread?.Join();

    /// <summary>Stops the background thread and closes the file.</summary>
    public void Dispose()
    {
        _stop = true;
        _thread?.Join();
        _file.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsVerified(long block) => ((Volatile.Read(ref _verified[block >> 6]) >> (int)(block & 63)) & 1) != 0;

    private void Mark(long block)
    {
        var bit = 1ul << (int)(block & 63);
        if ((Interlocked.Or(ref _verified[block >> 6], bit) & bit) == 0 && Interlocked.Decrement(ref _remaining) == 0)
        {
            _allVerified = true;
        }
    }

    private void Background()
    {
        LinuxMemory.LowerThreadPriority();
        var firstBlock = 0L;
        foreach (var section in _sections)
        {
            var count = IndexFileLayout.BlockCount(section.Length, _header.BlockBytes);
            for (var block = 0L; block < count && !_stop; block++)
            {
                try
                {
                    if (!IsVerified(firstBlock + block))
                    {
                        Verify(firstBlock, section, block, default);
                    }
                }
                catch (ModelFormatException)
                {
                    // Remembered; whoever touches this block gets it, and the others are still worth knowing.
                }
            }

            firstBlock += count;
        }
    }

    private void Read(Span<byte> target, long offset, string section)
    {
        try
        {
            while (target.Length > 0)
            {
                var read = RandomAccess.Read(_file, target, offset);
                if (read == 0)
                {
                    throw Damaged(offset, $"the file ends here, inside of section '{section}': it was truncated after it was opened");
                }

                target = target[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw Damaged(offset, $"section '{section}' cannot be read: {e.Message}");
        }
    }

    private ModelFormatException Damaged(long offset, string message)
    {
        var damage = new ModelFormatException(_path, offset, message);
        Interlocked.CompareExchange(ref _damage, damage, null);
        return damage;
    }
}
