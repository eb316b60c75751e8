namespace Siskin.Models.Graph;

/// <summary>Puts a model together, operator by operator, as the figure of its paper does.</summary>
/// <remarks>Not thread-safe; used for one graph.</remarks>
public sealed partial class GraphBuilder
{
    private readonly List<Node> _nodes = [];
    private readonly List<Operator> _operators = [];
    private readonly List<Parameter> _parameters = [];
    private readonly List<LossTerm> _losses = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly ulong _seed;

    /// <summary>Starts a model.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="seed">Seed of what parameters start with, of dropout and of shuffling.</param>
    /// <exception cref="ArgumentException">The layout is wrong.</exception>
    public GraphBuilder(string name, ExampleLayout layout, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        layout.Validate();
        (Name, Layout, _seed) = (name, layout, (ulong)seed);
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>What an example consists of.</summary>
    public ExampleLayout Layout { get; }

    /// <summary>Ends the model.</summary>
    /// <param name="outputs">Logits of one column, or vectors of several, with one row per example, in the order of scores.</param>
    /// <exception cref="ArgumentException">An output is not so, or there is no loss.</exception>
    public ModelGraph Build(params Node[] outputs)
    {
        foreach (var output in outputs)
        {
            if (!output.Rows.IsExamples)
            {
                throw new ArgumentException($"{output} has not one row per example", nameof(outputs));
            }
        }

        if (_losses.Count == 0)
        {
            throw new ArgumentException("the model has no loss, so that nothing could be trained", nameof(outputs));
        }

        for (var i = 0; i < _parameters.Count; i++)
        {
            var parameter = _parameters[i];
            unsafe
            {
                parameter.Initialization.Fill(parameter.Values, parameter.Length, Vectors.Lsh.SeededRandom.Mix(_seed + ((ulong)i << 32)));
            }
        }

        return new ModelGraph(Name, Layout, _nodes, _operators, _parameters, outputs, _losses, _seed);
    }

    private Node Add(Func<Node, Operator> make, int width, RowDomain rows, string name, bool hasGradient)
    {
        var node = new Node(_nodes.Count, width, rows, Unique(name), hasGradient);
        _nodes.Add(node);
        _operators.Add(make(node));
        return node;
    }

    private Parameter AddParameter(string name, int rows, int columns, Initialization initialization, ParameterSettings? settings, ParameterKind kind = ParameterKind.Dense)
    {
        OptionsValidation.Check(settings ?? ParameterSettings.Default);
        var parameter = new Parameter(_parameters.Count, Unique(name), rows, columns, kind, initialization, settings ?? ParameterSettings.Default);
        _parameters.Add(parameter);
        return parameter;
    }

    private string Unique(string name)
    {
        var count = _names[name] = _names.GetValueOrDefault(name) + 1;
        return count == 1 ? name : $"{name}.{count}";
    }

    private static void CheckExamples(Node node, string name)
    {
        if (!node.Rows.IsExamples || node.Width != 1)
        {
            throw new ArgumentException($"{node} is not one number per example", name);
        }
    }

    private static void CheckSame(Node a, Node b)
    {
        if (a.Rows != b.Rows || a.Width != b.Width)
        {
            throw new ArgumentException($"{a} and {b} have different shapes");
        }
    }
}
