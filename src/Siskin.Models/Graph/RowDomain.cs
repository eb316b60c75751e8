namespace Siskin.Models.Graph;

/// <summary>What the rows of a node stand for: the examples of a batch, or the elements of one of their sequences, end to end.</summary>
/// <remarks>Sequences are not padded: an example with three elements has three rows, one with none has none.</remarks>
public readonly record struct RowDomain
{
    private readonly int _sequence;

    private RowDomain(int sequence) => _sequence = sequence;

    /// <summary>One row per example.</summary>
    public static RowDomain Examples => default;

    /// <summary>Whether there is one row per example.</summary>
    public bool IsExamples => _sequence == 0;

    /// <summary>Number of the sequence whose elements the rows are.</summary>
    /// <exception cref="InvalidOperationException">The rows are examples.</exception>
    public int Sequence => _sequence > 0 ? _sequence - 1 : throw new InvalidOperationException("the rows are examples");

    /// <summary>One row per element of a sequence.</summary>
    /// <param name="sequence">Its number, from 0.</param>
    public static RowDomain Elements(int sequence) => new(sequence + 1);

    /// <inheritdoc/>
    public override string ToString() => IsExamples ? "examples" : $"elements of sequence {Sequence}";
}
