using Siskin.Inference.Onnx.Format;

namespace Siskin.Inference.Onnx;

/// <summary>Puts an ONNX graph together, node by node: a model's, or the body of a loop within it.</summary>
/// <remarks>A body may read all that its outer graph has so far. Names are unique over both.</remarks>
internal sealed class OnnxGraphBuilder
{
    private readonly string _name;
    private readonly OnnxGraphBuilder? _outer;
    private readonly HashSet<string> _names;
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _constants = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxValue> _outputs = [];
    private readonly Dictionary<string, string> _integers = new(StringComparer.Ordinal);

    /// <param name="name">Of the graph.</param>
    /// <param name="outer">The graph in which this one is a body; null for a model.</param>
    public OnnxGraphBuilder(string name, OnnxGraphBuilder? outer = null)
    {
        (_name, _outer, Scope) = (name, outer, name);
        _names = outer?._names ?? new HashSet<string>(StringComparer.Ordinal);
    }

    /// <summary>What names of nodes begin with: the part of the model that they stand for.</summary>
    public string Scope { get; set; }

    /// <summary>Inputs so far.</summary>
    public IReadOnlyList<OnnxValue> Inputs => _inputs;

    /// <summary>Declares an input, for which a name was taken, and gives that.</summary>
    public string Input(OnnxValue value)
    {
        _inputs.Add(value);
        return value.Name;
    }

    /// <summary>Declares an output, for which a name was taken.</summary>
    public void Output(OnnxValue value) => _outputs.Add(value);

    /// <summary>Takes a name.</summary>
    /// <exception cref="ArgumentException">It is taken or empty.</exception>
    public void Reserve(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_names.Add(name))
        {
            throw new ArgumentException($"two inputs or outputs of '{_name}' are named '{name}'");
        }
    }

    /// <summary>A name that begins as asked for and that nothing else has.</summary>
    public string Unique(string name)
    {
        var unique = name;
        for (var count = 2; !_names.Add(unique); count++)
        {
            unique = $"{name}.{count}";
        }

        return unique;
    }

    /// <summary>Adds a node of one output and gives its name.</summary>
    /// <param name="op">Name of the ONNX operator.</param>
    /// <param name="inputs">Names of what it takes.</param>
    /// <param name="attributes">Settings.</param>
    public string Add(string op, string[] inputs, params (string Name, object Value)[] attributes) =>
        Add(op, inputs, [Unique($"{Scope}/{op}")], attributes)[0];

    /// <summary>Adds a node whose outputs have names already, and gives these.</summary>
    public string[] Add(string op, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        _nodes.Add(new OnnxNode
        {
            Name = outputs[0],
            Operator = op,
            Inputs = inputs,
            Outputs = outputs,
            Attributes = [.. attributes.Select(attribute => new OnnxAttribute(attribute.Name, attribute.Value))],
        });
        return outputs;
    }

    /// <summary>Adds a constant and gives its name. Those of a body belong to the outermost graph.</summary>
    public string Constant(OnnxTensor tensor)
    {
        if (_outer is not null)
        {
            return _outer.Constant(tensor);
        }

        var name = Unique(tensor.Name);
        _constants.Add(tensor with { Name = name });
        return name;
    }

    /// <summary>A row of floats as a constant.</summary>
    public string Floats(string name, params ReadOnlySpan<float> values) => Constant(OnnxTensor.Of($"{Scope}/{name}", values, values.Length));

    /// <summary>One whole number as a constant without dimensions.</summary>
    public string Integer(long value)
    {
        if (_outer is not null)
        {
            return _outer.Integer(value);
        }

        var key = $"scalar/{value}";
        if (!_integers.TryGetValue(key, out var name))
        {
            _integers[key] = name = Constant(OnnxTensor.Of($"integers/{key}", [value]));
        }

        return name;
    }

    /// <summary>Whole numbers as a constant: shapes, axes, places. Equal ones are kept once.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        if (_outer is not null)
        {
            return _outer.Integers(values);
        }

        var key = string.Join('_', values.ToArray());
        if (!_integers.TryGetValue(key, out var name))
        {
            // Long lists of places are not spelt out.
            _integers[key] = name = Constant(OnnxTensor.Of(values.Length <= 8 ? $"integers/{key}" : $"{Scope}/places", values, values.Length));
        }

        return name;
    }

    /// <summary>The graph as it is.</summary>
    public OnnxGraph Build() => new() { Name = _name, Nodes = _nodes, Initializers = _constants, Inputs = _inputs, Outputs = _outputs };
}
