using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

/// <summary>A model: inputs, operators in the order of computing, parameters and outputs. Made by a <see cref="GraphBuilder"/>.</summary>
/// <remarks>The structure is immutable; training changes parameters.</remarks>
public sealed unsafe class ModelGraph : IDisposable
{
    private readonly bool[] _needed;
    private readonly bool[] _tableReads;

    internal ModelGraph(string name, ExampleLayout layout, IReadOnlyList<Node> nodes, IReadOnlyList<Operator> operators, IReadOnlyList<Parameter> parameters, IReadOnlyList<Node> outputs, IReadOnlyList<LossTerm> losses, ulong seed)
    {
        (Name, Layout, Nodes, Parameters, Outputs, Losses, Seed) = (name, layout, nodes, parameters, outputs, losses, seed);
        _needed = new bool[nodes.Count];
        _tableReads = new bool[nodes.Count];
        foreach (var node in outputs.Concat(losses.SelectMany(loss => loss.Inputs)))
        {
            _needed[node.Index] = true;
        }

        // What nothing asks for is not computed.
        var used = new List<Operator>();
        foreach (var op in operators.Reverse())
        {
            if (!_needed[op.Output.Index])
            {
                continue;
            }

            used.Add(op);
            foreach (var input in op.Inputs)
            {
                _needed[input.Index] = true;
            }
        }

        // In the backward pass the first to write a gradient replaces, all others add.
        var written = new bool[nodes.Count];
        foreach (var input in losses.SelectMany(loss => loss.Inputs))
        {
            if (written[input.Index])
            {
                throw new ArgumentException($"{input} has two losses; add them up in one");
            }

            written[input.Index] = true;
        }

        foreach (var op in used)
        {
            _tableReads[op.Output.Index] = op is TableRead;
            if (!written[op.Output.Index])
            {
                continue;
            }

            for (var i = 0; i < op.Inputs.Length; i++)
            {
                op.Adds[i] = written[op.Inputs[i].Index];
                written[op.Inputs[i].Index] |= op.Inputs[i].HasGradient;
            }
        }

        HasGradient = [.. nodes.Select(node => written[node.Index])];
        used.Reverse();
        for (var i = 0; i < used.Count; i++)
        {
            used[i].Index = i;
        }

        Operators = used;
        TableReads = [.. used.OfType<TableRead>()];
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>What an example consists of.</summary>
    public ExampleLayout Layout { get; }

    /// <summary>Scores: logits of one column each, or vectors of users and items.</summary>
    public IReadOnlyList<Node> Outputs { get; }

    /// <summary>Columns of all outputs together.</summary>
    public int OutputWidth => Outputs.Sum(output => output.Width);

    /// <summary>Numbers that are trained.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Length);

    internal IReadOnlyList<Node> Nodes { get; }

    internal IReadOnlyList<Operator> Operators { get; }

    internal IReadOnlyList<Parameter> Parameters { get; }

    internal IReadOnlyList<TableRead> TableReads { get; }

    internal IReadOnlyList<LossTerm> Losses { get; }

    internal ulong Seed { get; }

    /// <summary>Whether a loss reaches a node, by node.</summary>
    internal bool[] HasGradient { get; }

    /// <summary>Whether examples of a batch depend on each other.</summary>
    internal bool IsBatchWide => Operators.Any(op => op.IsBatchWide) || Losses.Any(loss => loss.IsBatchWide);

    /// <exception cref="ArgumentException">Examples of another layout.</exception>
    internal void CheckLayout(ExampleLayout layout)
    {
        if (!ReferenceEquals(layout, Layout) && !(layout.Fields.SequenceEqual(Layout.Fields) && layout.Numbers.SequenceEqual(Layout.Numbers)
            && layout.Sequences.SequenceEqual(Layout.Sequences) && layout.Labels.SequenceEqual(Layout.Labels)))
        {
            throw new ArgumentException($"the examples have other inputs than {Name} was made for", nameof(layout));
        }
    }

    internal bool IsNeeded(Node node) => _needed[node.Index];

    internal bool IsTableRead(Node node) => _tableReads[node.Index];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }
}
