using Siskin.Models.Graph.Operators;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph;

/// <summary>What a batch gives for the tables of one read: gradients by row of its output, and the ids that the rows are of.</summary>
internal sealed unsafe class TableGradients(TableRead read) : IDisposable
{
    private NativeBlock _gradients = new(0);
    private int[][] _ids = [.. read.Tables.Select(_ => Array.Empty<int>())];

    /// <summary>The operator.</summary>
    public TableRead Read { get; } = read;

    /// <summary>Rows of the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for a batch.</summary>
    public void Reserve(int rows)
    {
        Count = rows;
        if ((long)rows * Read.Output.Width * sizeof(float) > _gradients.Length)
        {
            _gradients.Dispose();
            _gradients = new NativeBlock((long)rows * 5 / 4 * Read.Output.Width * sizeof(float));
            _ids = [.. Read.Tables.Select(_ => new int[(long)rows * 5 / 4])];
        }
    }

    /// <summary>Notes the ids of a run of the batch's examples.</summary>
    public void ReadIds(ExampleTable examples, ReadOnlySpan<int> rows, int first)
    {
        for (var table = 0; table < _ids.Length; table++)
        {
            Read.IdsOf(table, examples, rows, _ids[table].AsSpan(first));
        }
    }

    /// <summary>Gradient of a row of the output.</summary>
    public float* At(int row) => (float*)_gradients.Pointer + ((long)row * Read.Output.Width);

    /// <summary>Ids by which a table was read.</summary>
    /// <param name="table">Its place among the read's tables.</param>
    public ReadOnlySpan<int> Ids(int table) => _ids[table].AsSpan(0, Count);

    public void Dispose() => _gradients.Dispose();
}
