using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Lsh;

/// <content>Files.</content>
public sealed partial class LshIndex
{
    private readonly IndexFile? _file;

    private LshIndex(IndexFile file, LshFile content)
    {
        _file = file;
        (_options, Metric, Dimensions) = (content.Options, content.Model.Metric, content.Model.Dimensions);
        Bound = MakeBound(content.Model, _options.SketchDeviations);
        var first = _last = new LshDelta(content.Model, 0);
        var part = content.Part;
        unsafe
        {
            for (var row = 0; row < part.Count; row++)
            {
                if (part.IsDead(row))
                {
                    _deadRows++;
                }
                else
                {
                    Place(part.Ids[row], row);
                }
            }
        }

        for (var i = 0; i < content.AddedIds.Length; i++)
        {
            var row = Append(content.AddedIds[i], content.AddedVectors.AsSpan(i * Dimensions, Dimensions));
            Place(content.AddedIds[i], part.Count + row);
        }

        _count = _places.Count;
        _state = new State(part, first);

        void Place(int id, int place)
        {
            if (id < 0 || _places.TryGet(id, out _))
            {
                throw file.Invalid($"id {id} is negative or given to more than one vector", file.Section("ids", sizeof(int)).Offset);
            }

            _places.Set(id, place);
        }
    }

    /// <summary>Opens an index that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null takes the defaults: vectors stay in the file and are verified as they are read.</param>
    /// <exception cref="ModelFormatException">It is no such file, is damaged, or is of another version.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <remarks>
    /// Reads and verifies all but the vectors: some 40 to 80 bytes per row. Damage in the vectors comes out of the search that
    /// meets it as a <see cref="ModelFormatException"/>. The index can be changed; the file stays as it is until it is saved again.
    /// </remarks>
    public static LshIndex Open(string path, IndexOpenOptions? options = null)
    {
        var file = LshFile.OpenFile(path, options);
        try
        {
            return new LshIndex(file, LshFile.Read(file, options?.InMemory != true));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// With the functions and the tables, so that opening need not hash; what was added and removed since building is kept apart
    /// as it is. Searches go on meanwhile, changes wait.
    /// </remarks>
    public void Save(string path)
    {
        lock (_writing)
        {
            var state = Current;
            LshFile.Write(path, _options, state.Part, state.First);
            GC.KeepAlive(state);
        }
    }
}
