using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Hnsw;

/// <summary>The large sections of the file that an index was opened from, compared with their checksums where they are touched.</summary>
/// <remarks>Slots that were added after opening lie in memory of their own and are never asked about.</remarks>
internal sealed class HnswFile(IndexFile file, int slots) : IDisposable
{
    /// <summary>Name of the kind in files.</summary>
    public const string Kind = "hnsw";

    /// <summary>Version of the sections and metadata that is written and read.</summary>
    public const int Version = 2;

    private readonly IndexSection _links = file.Section("links", file.Metadata.Int32("m", 2, 128) * 2 * sizeof(int), slots);
    private readonly IndexSection _rows = file.Section("rows", file.Metadata.Int32("row_bytes", 1, int.MaxValue), slots);
    private readonly IndexSection? _originals = file.Find("originals");

    // Rows beyond these were copied when the file was opened.
    private readonly int _mapped = slots & ~(Memory.ChunkedRows.ChunkRows - 1);

    /// <summary>Whether everything was compared, so that nobody needs to ask any more.</summary>
    public bool AllVerified => file.AllVerified;

    /// <summary>Makes sure of a slot's links on the lowest layer.</summary>
    /// <exception cref="ModelFormatException">They are damaged.</exception>
    public void EnsureLinks(int slot) => Ensure(_links, slot);

    /// <summary>Makes sure of a slot's row.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public void EnsureRow(int slot) => Ensure(_rows, slot);

    /// <summary>Makes sure of a slot's whole vector, where these are kept beside the rows.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public void EnsureOriginal(int slot)
    {
        if (_originals is not null)
        {
            Ensure(_originals, slot);
        }
    }

    /// <summary>Makes sure of everything.</summary>
    /// <exception cref="ModelFormatException">Something is damaged.</exception>
    public void EnsureAll()
    {
        _links.EnsureVerified();
        _rows.EnsureVerified();
        _originals?.EnsureVerified();
    }

    /// <summary>An error about the file's content.</summary>
    public ModelFormatException Invalid(string message, long offset = -1) => file.Invalid(message, offset);

    public void Dispose() => file.Dispose();

    private void Ensure(IndexSection section, int slot)
    {
        if (slot < _mapped)
        {
            section.EnsureVerified((long)slot * section.ElementSize, section.ElementSize);
        }
    }
}
