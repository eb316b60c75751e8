using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml;

/// <summary>What the parts of a compiled document share.</summary>
internal sealed class PmmlProgram
{
    private readonly List<PmmlExpression?> _slots = [];

    /// <summary>Numbers of texts.</summary>
    public PmmlSymbols Symbols { get; } = new();

    /// <summary>Functions that the document defines, by name.</summary>
    public Dictionary<string, XElement> Functions { get; } = new(StringComparer.Ordinal);

    public int SlotCount => _slots.Count;

    /// <summary>Room for a value of each row.</summary>
    /// <param name="expression">Computes it; null when it is given.</param>
    public int AddSlot(PmmlExpression? expression = null)
    {
        _slots.Add(expression);
        return _slots.Count - 1;
    }

    public PmmlExpression?[] Slots() => [.. _slots];
}
