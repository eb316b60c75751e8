using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Rules;
using Siskin.Models.Graph;

namespace Siskin.Inference.Onnx;

/// <summary>One export under way: the model, the graph that is put together, and where the values of each node are.</summary>
/// <remarks>
/// A node of one row per example is a tensor of n × width. A node of one row per element is one of n × length × width, in
/// which the rows of places without an element hold anything finite; what reads across elements leaves them out.
/// </remarks>
internal sealed class OnnxExport
{
    private const string Batch = "batch";

    private readonly Dictionary<int, Operator> _makers;
    private readonly Dictionary<int, string> _values = [];
    private readonly Dictionary<int, string> _parameters = [];
    private readonly Dictionary<int, OnnxSequence> _sequences = [];
    private readonly Dictionary<string, string> _inputs = new(StringComparer.Ordinal);
    private string? _count;

    /// <param name="model">The model.</param>
    /// <param name="outputNames">Names that are taken for outputs.</param>
    public OnnxExport(ModelGraph model, IEnumerable<string> outputNames)
    {
        (Model, Graph) = (model, new OnnxGraphBuilder(model.Name) { Scope = "outputs" });
        _makers = model.Operators.ToDictionary(op => op.Output.Index);
        foreach (var name in outputNames)
        {
            Graph.Reserve(name);
        }

        // Inputs keep their names, whatever else there is; only those that are read are declared.
        foreach (var name in InputNames)
        {
            Graph.Reserve(name);
        }
    }

    public ModelGraph Model { get; }

    public OnnxGraphBuilder Graph { get; }

    private IEnumerable<string> InputNames => Model.Layout.Fields.Select(id => id.Name).Concat(Model.Layout.Numbers).Concat(Model.Layout.Sequences.Select(sequence => sequence.Name));

    /// <summary>The graph as it is, with its inputs in the layout's order.</summary>
    public OnnxGraph Build()
    {
        var graph = Graph.Build();
        var inputs = graph.Inputs.ToDictionary(input => input.Name);
        return graph with { Inputs = [.. InputNames.Where(inputs.ContainsKey).Select(name => inputs[name])] };
    }

    /// <summary>The operator that gives a node's values.</summary>
    public Operator MakerOf(Node node) => _makers[node.Index];

    /// <summary>Name of a node's values, whose operator is written when they are first asked for: what only a loss asks for never is.</summary>
    public string Of(Node node)
    {
        if (!_values.TryGetValue(node.Index, out var name))
        {
            var scope = Graph.Scope;
            Graph.Scope = node.Name;
            _values[node.Index] = name = OnnxRules.Apply(this, _makers[node.Index]);
            Graph.Scope = scope;
        }

        return name;
    }

    /// <summary>A parameter as a constant, rows × columns.</summary>
    public string Matrix(Parameter parameter) => Constant(parameter, parameter.Rows, parameter.Columns);

    /// <summary>A parameter of one row as a vector.</summary>
    public string Row(Parameter parameter) => Constant(parameter, parameter.Columns);

    /// <summary>Ids of a categorical field, n.</summary>
    public string Field(int field)
    {
        var (name, count) = (Model.Layout.Fields[field].Name, Model.Layout.Fields[field].Count);
        return Input(name, OnnxElementType.Int64, [Batch], $"an id of 0 to {count - 1}; 0 stands for unknown");
    }

    /// <summary>One of the numbers, n.</summary>
    public string Number(int number) => Input(Model.Layout.Numbers[number], OnnxElementType.Float, [Batch], "a number, scaled as in training");

    /// <summary>A sequence.</summary>
    public OnnxSequence Sequence(int sequence)
    {
        if (!_sequences.TryGetValue(sequence, out var padded))
        {
            var field = Model.Layout.Sequences[sequence];
            var ids = Input(field.Name, OnnxElementType.Int64, [Batch, $"{field.Name}_length"], $"ids of 0 to {field.Count - 1}, at most {field.MaxLength} of them, then -1 up to the longest of the batch");
            ids = OneAtLeast(ids);
            var none = Graph.Integers(0);
            var isElement = Graph.Add("GreaterOrEqual", [ids, none]);
            _sequences[sequence] = padded = new OnnxSequence(Graph.Add("Max", [ids, none]), Graph.Add("Unsqueeze", [isElement, Graph.Integers(2)]));
        }

        return padded;
    }

    /// <summary>How many elements come after each one, n × length; 0 at places without an element.</summary>
    public string ElementsBehind(int sequence)
    {
        var isElement = Graph.Add("Squeeze", [Sequence(sequence).IsElement, Graph.Integers(2)]);
        var fromHere = Graph.Add("CumSum", [Graph.Add("Cast", [isElement], ("to", (long)OnnxElementType.Int64)), Graph.Integer(1)], ("reverse", 1L));
        return Graph.Add("Max", [Graph.Add("Sub", [fromHere, Graph.Integers(1)]), Graph.Integers(0)]);
    }

    /// <summary>Whether a place, the column, is that of the row or comes before it: length × length.</summary>
    public string IsBefore(int sequence)
    {
        var length = Graph.Add("Squeeze", [Graph.Add("Shape", [Sequence(sequence).Ids], ("start", 1L), ("end", 2L)), Graph.Integers(0)]);
        var places = Graph.Add("Range", [Graph.Integer(0), length, Graph.Integer(1)]);
        return Graph.Add("GreaterOrEqual", [Graph.Add("Unsqueeze", [places, Graph.Integers(1)]), places]);
    }

    /// <summary>The number of examples, as a vector of one number.</summary>
    public string Count()
    {
        if (_count is null)
        {
            if (Graph.Inputs.Count == 0)
            {
                DeclareFirstInput();
            }

            _count = Graph.Add("Shape", [Graph.Inputs[0].Name], ("start", 0L), ("end", 1L));
        }

        return _count;
    }

    /// <summary>Repeats rows: from 1 × width, or none, to one row per example.</summary>
    public string ToExamples(string row, int width) =>
        Graph.Add("Expand", [row, Graph.Add("Concat", [Count(), Graph.Integers(width)], ("axis", 0L))]);

    /// <summary>Repeats the rows of examples for the elements of a sequence: n × width becomes n × length × width.</summary>
    public string ToElements(string examples, int sequence)
    {
        var shape = Graph.Add("Shape", [Sequence(sequence).IsElement]);
        return Graph.Add("Expand", [Graph.Add("Unsqueeze", [examples, Graph.Integers(1)]), shape]);
    }

    /// <summary>Steps through the elements of a sequence, each taking what the one before gave; places without an element give on what they took.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="start">What the first takes, n × width.</param>
    /// <param name="width">Numbers of a state.</param>
    /// <param name="elements">What steps read besides, n × length × width each, or of the width 1.</param>
    /// <param name="step">Adds the nodes of a step to the body: from the state before, n × width, and the element's rows, n × width each, to the state after.</param>
    /// <returns>The states after all steps, n × length × width, and the last one, n × width.</returns>
    public (string All, string Last) Recur(int sequence, string start, int width, string[] elements, Func<OnnxGraphBuilder, string, string[], string> step)
    {
        var body = new OnnxGraphBuilder(Graph.Unique($"{Graph.Scope}/step"), Graph);

        // ONNX Runtime does not run a body whose outputs have no shape.
        OnnxDimension[] shape = ["batch", width];
        var before = body.Input(new OnnxValue(Graph.Unique($"{Graph.Scope}/state"), OnnxElementType.Float, shape));
        var isElement = body.Input(new OnnxValue(Graph.Unique($"{Graph.Scope}/isElement"), OnnxElementType.Bool, null));
        var rows = Array.ConvertAll(elements, _ => body.Input(new OnnxValue(Graph.Unique($"{Graph.Scope}/element"), OnnxElementType.Float, null)));
        var after = body.Add("Where", [isElement, step(body, before, rows), before]);
        body.Output(new OnnxValue(after, OnnxElementType.Float, shape));
        var kept = body.Add("Identity", [after]);
        body.Output(new OnnxValue(kept, OnnxElementType.Float, shape));

        var scanned = elements.Length + 1;
        var outputs = Graph.Add(
            "Scan",
            [start, Sequence(sequence).IsElement, .. elements],
            [Graph.Unique($"{Graph.Scope}/last"), Graph.Unique($"{Graph.Scope}/all")],
            ("body", body.Build()),
            ("num_scan_inputs", (long)scanned),
            ("scan_input_axes", Enumerable.Repeat(1L, scanned).ToArray()),
            ("scan_output_axes", new[] { 1L }));
        return (outputs[1], outputs[0]);
    }

    // A batch of nothing but empty sequences may come as n × 0, for which ONNX Runtime's products of nothing are not zero: pads it to n × 1.
    private string OneAtLeast(string ids)
    {
        var missing = Graph.Add("Max", [Graph.Add("Sub", [Graph.Integers(1), Graph.Add("Shape", [ids], ("start", 1L), ("end", 2L))]), Graph.Integers(0)]);
        var behind = Graph.Add("Concat", [Graph.Integers(0, 0, 0), missing], ("axis", 0L));
        return Graph.Add("Pad", [ids, behind, Graph.Integer(-1)]);
    }

    private string Constant(Parameter parameter, params long[] dimensions)
    {
        if (!_parameters.TryGetValue(parameter.Index, out var name))
        {
            var content = ParameterMemory.Of(parameter, Model.Name);
            _parameters[parameter.Index] = name = Graph.Constant(new OnnxTensor(parameter.Name, OnnxElementType.Float, dimensions, content));
        }

        return name;
    }

    private string Input(string name, OnnxElementType type, IReadOnlyList<OnnxDimension> dimensions, string description)
    {
        if (!_inputs.TryGetValue(name, out var declared))
        {
            _inputs[name] = declared = Graph.Input(new OnnxValue(name, type, dimensions, description));
        }

        return declared;
    }

    // A model that is nothing but a number still has to know for how many examples.
    private void DeclareFirstInput()
    {
        if (Model.Layout.Fields.Count > 0)
        {
            Field(0);
        }
        else if (Model.Layout.Numbers.Count > 0)
        {
            Number(0);
        }
        else
        {
            Sequence(0);
        }
    }
}
