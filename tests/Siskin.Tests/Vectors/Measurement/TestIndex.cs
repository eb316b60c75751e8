using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Vectors.Measurement;

/// <summary>Finds true neighbours, but only in the first rows: as many of each ten as the effort says.</summary>
internal sealed class TestIndex(VectorSet rows, VectorMetric metric) : IVectorIndex
{
    private readonly ExactIndex _exact = new(rows.Rows, rows.Dimensions, metric);
    private int _searches;

    public int Searches => _searches;

    public Action? OnSearch { get; set; }

    public VectorMetric Metric => metric;

    public int Dimensions => rows.Dimensions;

    public int Count => rows.Count;

    public IndexMemory Memory => new(rows.Rows.Length * 4L, 0);

    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default)
    {
        Interlocked.Increment(ref _searches);
        OnSearch?.Invoke();
        var found = _exact.Search(query, ids, scores);
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = i % 10 < options.Effort ? ids[i] : -1;
        }

        return found;
    }

    public void Add(int id, ReadOnlySpan<float> vector) => throw new NotSupportedException();

    public bool Remove(int id) => throw new NotSupportedException();

    public void Save(string path) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
