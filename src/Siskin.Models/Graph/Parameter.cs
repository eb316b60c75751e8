using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph;

/// <summary>A matrix that is trained, with what its optimiser remembers beside it.</summary>
/// <remarks>Row-major. A table of embeddings is one whose rows are read and updated singly.</remarks>
internal sealed unsafe class Parameter : IDisposable
{
    private readonly NativeBlock _values;
    private NativeBlock[] _states = [];

    public Parameter(int index, string name, int rows, int columns, ParameterKind kind, Initialization initialization, ParameterSettings settings)
    {
        (Index, Name, Rows, Columns, Kind, Initialization, Settings) = (index, name, rows, columns, kind, initialization, settings);
        if (Length > Array.MaxLength)
        {
            throw new ArgumentException($"'{name}' has {rows:N0} rows of {columns:N0} numbers; a parameter holds at most {Array.MaxLength:N0}", nameof(rows));
        }

        _values = new NativeBlock(Length * sizeof(float));
    }

    /// <summary>Number within the graph.</summary>
    public int Index { get; }

    public string Name { get; }

    public int Rows { get; }

    public int Columns { get; }

    public long Length => (long)Rows * Columns;

    /// <summary>How it changes.</summary>
    public ParameterKind Kind { get; }

    public Initialization Initialization { get; }

    public ParameterSettings Settings { get; }

    public float* Values => (float*)_values.Pointer;

    public ReadOnlySpan<float> Span => new(Values, checked((int)Length));

    /// <summary>How many numbers the optimiser keeps for each value.</summary>
    public int States => _states.Length;

    /// <summary>The s-th number that the optimiser keeps for each value; laid out as the values are.</summary>
    public float* State(int s) => (float*)_states[s].Pointer;

    /// <summary>Forgets what the optimiser kept and makes room for so many numbers per value, all of them the first ones' value.</summary>
    public void ResetStates(int count, float first)
    {
        foreach (var state in _states)
        {
            state.Dispose();
        }

        _states = new NativeBlock[count];
        for (var s = 0; s < count; s++)
        {
            _states[s] = new NativeBlock(Length * sizeof(float));
        }

        for (long i = 0; count > 0 && first != 0 && i < Length; i++)
        {
            State(0)[i] = first;
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        foreach (var state in _states)
        {
            state.Dispose();
        }
    }
}
