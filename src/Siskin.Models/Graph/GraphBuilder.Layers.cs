using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>f(x·W + b): rows × outputs.</summary>
    /// <param name="x">rows × inputs.</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="activation">f.</param>
    /// <param name="hasBias">Whether there is a b.</param>
    /// <param name="settings">How W is trained; b is trained alike but without a penalty.</param>
    /// <param name="name">For messages.</param>
    public Node Dense(Node x, int outputs, Activation activation = Activation.None, bool hasBias = true, ParameterSettings? settings = null, string name = "dense")
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var initialization = activation == Activation.Relu ? Initialization.He(x.Width) : Initialization.Xavier(x.Width, outputs);
        var weights = AddParameter(name + ".weights", x.Width, outputs, initialization, settings);
        var bias = hasBias ? AddParameter(name + ".bias", 1, outputs, Initialization.Zero, settings is null ? null : settings with { L2 = 0 }) : null;
        return Add(node => new Dense(node, x, weights, bias, activation), outputs, x.Rows, name, hasGradient: true);
    }

    /// <summary>Layers one after the other.</summary>
    /// <param name="x">rows × inputs.</param>
    /// <param name="layers">Columns of each.</param>
    /// <param name="activation">Of each.</param>
    /// <param name="settings">How their weights are trained.</param>
    /// <param name="dropout">Share of each layer that is dropped in training.</param>
    public Node Mlp(Node x, IEnumerable<int> layers, Activation activation = Activation.Relu, ParameterSettings? settings = null, float dropout = 0)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var width in layers)
        {
            x = Dropout(Dense(x, width, activation, settings: settings), dropout);
        }

        return x;
    }

    /// <summary>Nodes of the same rows side by side.</summary>
    public Node Concat(params Node[] nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes.Length, 1);
        if (nodes.FirstOrDefault(other => other.Rows != nodes[0].Rows) is { } odd)
        {
            throw new ArgumentException($"{nodes[0]} and {odd} have different rows", nameof(nodes));
        }

        return nodes.Length == 1 ? nodes[0] : Add(node => new Concat(node, nodes), nodes.Sum(x => x.Width), nodes[0].Rows, "concat", nodes.Any(x => x.HasGradient));
    }

    /// <summary>The sum of nodes of one shape.</summary>
    public Node Sum(params Node[] nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes.Length, 1);
        foreach (var node in nodes)
        {
            CheckSame(nodes[0], node);
        }

        return nodes.Length == 1 ? nodes[0] : Add(node => new Sum(node, nodes), nodes[0].Width, nodes[0].Rows, "sum", nodes.Any(x => x.HasGradient));
    }

    /// <summary>The sum of each row: rows × 1.</summary>
    public Node RowSum(Node x) => Add(node => new RowSum(node, x), 1, x.Rows, "rowSum", x.HasGradient);

    /// <summary>A weight for each id and each number, added up with a bias: logistic regression, or the wide part of a model.</summary>
    /// <param name="settings">How the weights are trained; the bias is trained alike but without a penalty.</param>
    public Node Wide(ParameterSettings? settings = null)
    {
        var parts = new List<Node> { Bias(settings is null ? null : settings with { L2 = 0 }) };
        if (Layout.Fields.Count > 0)
        {
            parts.Add(RowSum(Embeddings(1, Initialization.Zero, settings, "wide")));
        }

        foreach (var sequence in Layout.Sequences)
        {
            parts.Add(SumPool(EmbedSequence(Table($"wide.{sequence.Name}", sequence.Count, 1, Initialization.Zero, settings), sequence.Name)));
        }

        if (Layout.Numbers.Count > 0)
        {
            parts.Add(Dense(Numbers(), 1, hasBias: false, settings: settings, name: "wide.numbers"));
        }

        return Sum([.. parts]);
    }

    /// <summary>All that an example has, side by side: embeddings of its ids, means of its sequences' embeddings, and its numbers.</summary>
    /// <param name="dimensions">Numbers per embedding.</param>
    /// <param name="settings">How embeddings are trained.</param>
    public Node Inputs(int dimensions, ParameterSettings? settings = null) =>
        Inputs(Layout.Fields.Count > 0 ? Embeddings(dimensions, settings: settings) : null, dimensions, settings);

    /// <summary>The same, with embeddings of the fields that are there already.</summary>
    /// <param name="embeddings">Of the categorical fields; null when there are none.</param>
    /// <param name="dimensions">Numbers per embedding.</param>
    /// <param name="settings">How embeddings of sequences are trained.</param>
    public Node Inputs(Node? embeddings, int dimensions, ParameterSettings? settings = null)
    {
        var parts = new List<Node>();
        if (embeddings is not null)
        {
            parts.Add(embeddings);
        }

        foreach (var sequence in Layout.Sequences)
        {
            parts.Add(MeanPool(EmbedSequence(Table($"embedding.{sequence.Name}", sequence.Count, dimensions, settings: settings), sequence.Name)));
        }

        if (Layout.Numbers.Count > 0)
        {
            parts.Add(Numbers());
        }

        return Concat([.. parts]);
    }

    /// <summary>What some inputs of an example have, side by side.</summary>
    /// <param name="names">Categorical fields, numbers and sequences, in this order in the result.</param>
    /// <param name="dimensions">Numbers per embedding.</param>
    /// <param name="settings">How embeddings are trained.</param>
    /// <exception cref="ArgumentException">There is no such input, or none is named.</exception>
    public Node InputsOf(IReadOnlyCollection<string> names, int dimensions, ParameterSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        var known = Layout.Fields.Select(field => field.Name).Concat(Layout.Numbers).Concat(Layout.Sequences.Select(sequence => sequence.Name)).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0 || names.FirstOrDefault(name => !known.Contains(name)) is not null)
        {
            throw new ArgumentException($"of the inputs {string.Join(", ", known)}, these are asked for: {string.Join(", ", names)}", nameof(names));
        }

        var parts = new List<Node>();
        var fields = Layout.Fields.Where(field => names.Contains(field.Name)).ToArray();
        if (fields.Length > 0)
        {
            parts.Add(Embed([.. fields.Select(field => (Table($"embedding.{field.Name}", field.Count, dimensions, settings: settings), field.Name))]));
        }

        foreach (var sequence in Layout.Sequences.Where(sequence => names.Contains(sequence.Name)))
        {
            parts.Add(MeanPool(EmbedSequence(Table($"embedding.{sequence.Name}", sequence.Count, dimensions, settings: settings), sequence.Name)));
        }

        if (Layout.Numbers.Any(names.Contains))
        {
            var numbers = Numbers();
            parts.AddRange(Layout.Numbers.Select((name, i) => (name, i)).Where(number => names.Contains(number.name)).Select(number => Slice(numbers, number.i, 1)));
        }

        return Concat([.. parts]);
    }

    /// <summary>One trained number, the same for every example.</summary>
    /// <param name="settings">How it is trained.</param>
    public Node Bias(ParameterSettings? settings = null)
    {
        var value = AddParameter("bias", 1, 1, Initialization.Zero, settings);
        return Add(node => new BiasRead(node, value), 1, RowDomain.Examples, "bias", hasGradient: true);
    }

    /// <summary>The products of all pairs of fields' embeddings (Rendle 2010): rows × 1.</summary>
    /// <param name="embeddings">rows × (fields · d), field after field.</param>
    /// <param name="dimensions">d.</param>
    public Node FactorizationMachine(Node embeddings, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (dimensions < 1 || embeddings.Width % dimensions != 0)
        {
            throw new ArgumentException($"{embeddings} is no whole number of embeddings of {dimensions}", nameof(dimensions));
        }

        return Add(node => new FactorizationMachine(node, embeddings, dimensions), 1, embeddings.Rows, "fm", embeddings.HasGradient);
    }

    /// <summary>Σ over pairs of fields i &lt; j of ⟨v of i towards j, v of j towards i⟩ (Juan et al. 2016): rows × 1.</summary>
    /// <param name="embeddings">rows × (fields · fields · k): of each field its vectors towards all fields.</param>
    /// <param name="fields">Fields, at least 2.</param>
    public Node FieldAwareMachine(Node embeddings, int fields)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (fields < 2 || embeddings.Width % (fields * fields) != 0)
        {
            throw new ArgumentException($"{embeddings} is not made of {fields} × {fields} vectors", nameof(fields));
        }

        return Add(node => new FieldAwareMachine(node, embeddings, fields), 1, embeddings.Rows, "ffm", embeddings.HasGradient);
    }

    /// <summary>a ⊙ b.</summary>
    public Node Multiply(Node a, Node b)
    {
        CheckSame(a, b);
        return Add(node => new Multiply(node, a, b), a.Width, a.Rows, "multiply", a.HasGradient || b.HasGradient);
    }

    /// <summary>The inner product of each row of a with the same row of b: rows × 1.</summary>
    public Node RowDot(Node a, Node b)
    {
        CheckSame(a, b);
        return Add(node => new RowDot(node, a, b), 1, a.Rows, "dot", a.HasGradient || b.HasGradient);
    }

    /// <summary>x times a constant.</summary>
    public Node Scale(Node x, float factor) => Add(node => new Scale(node, x, factor), x.Width, x.Rows, "scale", x.HasGradient);

    /// <summary>Some columns that lie side by side.</summary>
    /// <param name="x">rows × columns.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="width">How many.</param>
    public Node Slice(Node x, int first, int width)
    {
        if (first < 0 || width < 1 || first + width > x.Width)
        {
            throw new ArgumentException($"{x} has no {width} columns from {first} on", nameof(first));
        }

        return Add(node => new Slice(node, x, first), width, x.Rows, "slice", x.HasGradient);
    }

    /// <summary>x₀ ⊙ (x·W + b) + x: a cross layer of DCN-v2 (Wang et al. 2021).</summary>
    /// <param name="x0">rows × columns: what the first layer got.</param>
    /// <param name="x">rows × columns: what the layer before gave.</param>
    /// <param name="rank">With more than 0, W is a product of columns × rank and rank × columns.</param>
    /// <param name="settings">How W is trained.</param>
    public Node Cross(Node x0, Node x, int rank = 0, ParameterSettings? settings = null)
    {
        var inner = rank > 0 ? Dense(x, rank, hasBias: false, settings: settings, name: "cross") : x;
        return Sum(Multiply(x0, Dense(inner, x0.Width, settings: settings, name: "cross")), x);
    }

    /// <summary>In training each number is zero with a probability, and those that stay are made larger by as much (Srivastava et al. 2014).</summary>
    /// <param name="x">rows × columns.</param>
    /// <param name="rate">The probability, 0 to below 1.</param>
    public Node Dropout(Node x, float rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "must be at least 0 and below 1");
        }

        return rate == 0 ? x : Add(node => new Dropout(node, x, rate, Vectors.Lsh.SeededRandom.Mix(_seed + (ulong)node.Index)), x.Width, x.Rows, "dropout", x.HasGradient);
    }

    /// <summary>γ ⊙ (x − mean) / deviation + β of each row (Ba, Kiros and Hinton 2016).</summary>
    public Node LayerNorm(Node x)
    {
        var (scale, shift) = (AddParameter("layerNorm.scale", 1, x.Width, Initialization.Constant(1), null), AddParameter("layerNorm.shift", 1, x.Width, Initialization.Zero, null));
        return Add(node => new LayerNorm(node, x, scale, shift), x.Width, x.Rows, "layerNorm", hasGradient: true);
    }

    /// <summary>γ ⊙ (x − mean) / deviation + β of each column over the batch; in scoring with running means (Ioffe and Szegedy 2015).</summary>
    /// <param name="x">rows × columns.</param>
    /// <param name="hasScale">Whether there are γ and β.</param>
    /// <param name="momentum">Share of a batch in the running means, above 0 and at most 1.</param>
    public Node BatchNorm(Node x, bool hasScale = true, float momentum = 0.1f)
    {
        if (momentum is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "must be above 0 and at most 1");
        }

        var scale = hasScale ? AddParameter("batchNorm.scale", 1, x.Width, Initialization.Constant(1), null) : null;
        var shift = hasScale ? AddParameter("batchNorm.shift", 1, x.Width, Initialization.Zero, null) : null;
        var running = AddParameter("batchNorm.running", 2, x.Width, Initialization.Running, null, ParameterKind.Statistics);
        return Add(node => new BatchNorm(node, x, scale, shift, running, momentum), x.Width, x.Rows, "batchNorm", hasGradient: hasScale || x.HasGradient);
    }

    /// <summary>x·(α + (1 − α)·σ(n)): Dice (Zhou et al. 2018), where n is x normalised over the batch and α is learned for each column, 0.25 at the start.</summary>
    public Node Dice(Node x)
    {
        var slope = AddParameter("dice", 1, x.Width, Initialization.Constant(0.25f), null);
        var normal = BatchNorm(x, hasScale: false);
        return Add(node => new DiceGate(node, normal, x, slope), x.Width, x.Rows, "dice", hasGradient: true);
    }

    /// <summary>The sum of experts' outputs, each times its gate (Ma et al. 2018): rows × d.</summary>
    /// <param name="gates">rows × experts.</param>
    /// <param name="experts">rows × d each.</param>
    public Node Mixture(Node gates, params Node[] experts)
    {
        ArgumentNullException.ThrowIfNull(gates);
        foreach (var expert in experts)
        {
            CheckSame(experts[0], expert);
        }

        if (gates.Width != experts.Length || gates.Rows != experts[0].Rows)
        {
            throw new ArgumentException($"{gates} does not fit to {experts.Length} experts", nameof(gates));
        }

        var all = Concat(experts);
        return Add(node => new Mixture(node, gates, all), experts[0].Width, gates.Rows, "mixture", hasGradient: gates.HasGradient || all.HasGradient);
    }

    /// <summary>e^x / Σ e^x: over the columns of each row or, where there is one column, over an example's elements.</summary>
    public Node Softmax(Node x)
    {
        if (x.Width == 1 && x.Rows.IsExamples)
        {
            throw new ArgumentException($"{x} has one number per example, whose softmax is always 1", nameof(x));
        }

        return Add(node => new Softmax(node, x), x.Width, x.Rows, "softmax", x.HasGradient);
    }

    /// <summary>f(x).</summary>
    public Node Activate(Node x, Activation activation) =>
        activation == Activation.None ? x : Add(node => new Activate(node, x, activation), x.Width, x.Rows, "activate", x.HasGradient);

    /// <summary>Trains a logit to be the log-odds of a label.</summary>
    /// <param name="logit">One number per example.</param>
    /// <param name="label">Name of the label, 0 or 1; the first when null.</param>
    /// <param name="weight">Of this loss among others.</param>
    public void BinaryCrossEntropy(Node logit, string? label = null, float weight = 1)
    {
        ArgumentNullException.ThrowIfNull(logit);
        CheckExamples(logit, nameof(logit));
        _losses.Add(new BinaryCrossEntropy(logit, label is null ? 0 : Layout.Label(label), weight));
    }
}
