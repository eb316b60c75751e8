namespace Siskin.Models.Graph.Operators;

/// <summary>By which ids an operator reads rows: those of a categorical field, those of a sequence, or the places of a sequence's elements.</summary>
internal readonly record struct RowIds
{
    private enum Kind
    {
        Field,
        Sequence,
        Place,
    }

    private readonly Kind _kind;
    private readonly int _input;
    private readonly int _fieldCount;

    private RowIds(Kind kind, int input, int fieldCount = 0) => (_kind, _input, _fieldCount) = (kind, input, fieldCount);

    /// <summary>Whether a categorical field has the ids.</summary>
    public bool IsField => _kind == Kind.Field;

    /// <summary>Whether places of elements are the ids.</summary>
    public bool IsPlace => _kind == Kind.Place;

    /// <summary>Number of the field or of the sequence.</summary>
    public int Input => _input;

    /// <summary>What the rows are.</summary>
    public RowDomain Rows => _kind == Kind.Field ? RowDomain.Examples : RowDomain.Elements(_input);

    /// <param name="field">Number of the field.</param>
    /// <param name="fieldCount">Fields of the layout.</param>
    public static RowIds OfField(int field, int fieldCount) => new(Kind.Field, field, fieldCount);

    /// <param name="sequence">Number of the sequence.</param>
    public static RowIds OfSequence(int sequence) => new(Kind.Sequence, sequence);

    /// <summary>The last element has place 0, the one before it 1.</summary>
    /// <param name="sequence">Number of the sequence.</param>
    public static RowIds PlacesOf(int sequence) => new(Kind.Place, sequence);

    /// <summary>The ids of one example.</summary>
    /// <param name="workspace">At its block.</param>
    /// <param name="example">Its number in the block.</param>
    /// <param name="places">0 to the longest sequence's last place, as memory for places, last to first.</param>
    public ReadOnlySpan<int> Of(Workspace workspace, int example, int[] places)
    {
        var row = workspace.Rows[example];
        var examples = workspace.Examples;
        switch (_kind)
        {
            case Kind.Field:
                return examples.Ids.AsSpan((row * _fieldCount) + _input, 1);
            case Kind.Sequence:
                return examples.Sequences[_input][row];
            default:
                return places.AsSpan(places.Length - examples.Sequences[_input][row].Length);
        }
    }
}
