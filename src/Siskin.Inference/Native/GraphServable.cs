using System.Collections.Concurrent;
using Siskin.Inference.Ranking;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Graph;
using Siskin.Models.Scoring;

namespace Siskin.Inference.Native;

/// <summary>A model of the graph: its own inputs as tensors, as <see cref="Onnx.OnnxExporter"/> names and shapes them; compiled for a release where it ranks.</summary>
/// <remarks>Disposes of the graph.</remarks>
public sealed class GraphServable : IRankingServable
{
    private readonly ModelGraph _graph;
    private readonly string _folder;
    private readonly ConcurrentBag<GraphScorer> _scorers = [];
    private readonly bool _isVectors;

    /// <param name="graph">The model.</param>
    /// <param name="folder">Where its mapping is.</param>
    public GraphServable(ModelGraph graph, string folder)
    {
        ArgumentNullException.ThrowIfNull(graph);
        (_graph, _folder) = (graph, folder);
        Inputs =
        [
            .. graph.Layout.Fields.Select(field => new TensorDescription(field.Name, TensorType.Int64, [-1])),
            .. graph.Layout.Numbers.Select(name => new TensorDescription(name, TensorType.Float32, [-1])),
            .. graph.Layout.Sequences.Select(sequence => new TensorDescription(sequence.Name, TensorType.Int64, [-1, -1])),
        ];
        _isVectors = graph.Outputs.Any(output => output.Width > 1);
        Outputs = _isVectors
            ? [.. graph.Outputs.Select((output, i) => new TensorDescription(graph.Outputs.Count == 1 ? "vector" : $"vector_{i + 1}", TensorType.Float32, [-1, output.Width]))]
            : [new("logits", TensorType.Float32, [-1, graph.Outputs.Count]), new("probabilities", TensorType.Float32, [-1, graph.Outputs.Count])];
    }

    /// <summary><c>siskin</c>.</summary>
    public string Platform => "siskin";

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var own = ServableInputs.Arrange(this, inputs, out var rows);
        var chosen = ServableInputs.Outputs(this, outputs);
        var width = _graph.OutputWidth;
        var scores = new float[rows * width];
        if (rows > 0)
        {
            var examples = Examples(own, rows);
            if (!_scorers.TryTake(out var scorer))
            {
                scorer = new GraphScorer(_graph, threads: 1);
            }

            scorer.Score(examples, scores);
            _scorers.Add(scorer);
        }

        return ValueTask.FromResult<IReadOnlyList<Tensor>>([.. chosen.Select(output => Output(output, scores, rows, width))]);
    }

    /// <inheritdoc/>
    public IScorer CreateScorer(ScorerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _isVectors
            ? throw new Vectors.ModelFormatException(_folder, -1, "the model gives vectors, not scores")
            : new CompiledScorer(_graph, this, FeatureMapping.Read(_folder) ?? FeatureMapping.ByName(this, context.Features), context, _folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_scorers.TryTake(out var scorer))
        {
            scorer.Dispose();
        }

        _graph.Dispose();
    }

    private Tensor Output(int output, float[] scores, int rows, int width)
    {
        if (!_isVectors)
        {
            return Tensor.Of(Outputs[output].Name, output == 0 ? scores : Array.ConvertAll(scores, logit => 1 / (1 + MathF.Exp(-logit))), rows, width);
        }

        var (own, first) = (_graph.Outputs[output].Width, _graph.Outputs.Take(output).Sum(node => node.Width));
        var vectors = new float[rows * own];
        for (var i = 0; i < rows; i++)
        {
            scores.AsSpan((i * width) + first, own).CopyTo(vectors.AsSpan(i * own));
        }

        return Tensor.Of(Outputs[output].Name, vectors, rows, own);
    }

    private ExampleTable Examples(Tensor[] inputs, int rows)
    {
        var layout = _graph.Layout;
        var (fields, numbers) = (layout.Fields.Count, layout.Numbers.Count);
        var (ids, values) = (new int[rows * fields], new float[rows * numbers]);
        for (var f = 0; f < fields; f++)
        {
            var column = inputs[f].Values<long>();
            for (var i = 0; i < rows; i++)
            {
                ids[(i * fields) + f] = Id(column[i], layout.Fields[f].Name, layout.Fields[f].Count, i);
            }
        }

        for (var n = 0; n < numbers; n++)
        {
            var column = inputs[fields + n].Values<float>();
            for (var i = 0; i < rows; i++)
            {
                values[(i * numbers) + n] = column[i];
            }
        }

        var sequences = layout.Sequences.Select((sequence, s) => Sequence(inputs[fields + numbers + s], sequence, rows)).ToArray();
        return new ExampleTable(layout, rows, ids, values, sequences, new float[rows * layout.Labels.Count]);
    }

    // Ids up to the first −1 of a row.
    private static IdSequences Sequence(Tensor input, IdSequenceField field, int rows)
    {
        var length = (int)input.Shape[1];
        var all = input.Values<long>();
        var (offsets, ids) = (new int[rows + 1], new List<int>());
        for (var i = 0; i < rows; i++)
        {
            for (var e = 0; e < length && all[(i * length) + e] >= 0; e++)
            {
                ids.Add(Id(all[(i * length) + e], field.Name, field.Count, i));
            }

            offsets[i + 1] = ids.Count;
            if (offsets[i + 1] - offsets[i] > field.MaxLength)
            {
                throw new ServableException(ServableError.InvalidArgument, $"row {i} of '{field.Name}' has {offsets[i + 1] - offsets[i]} ids; the model takes at most {field.MaxLength}");
            }
        }

        return new IdSequences(offsets, [.. ids]);
    }

    private static int Id(long id, string name, int count, int row) => id >= 0 && id < count
        ? (int)id
        : throw new ServableException(ServableError.InvalidArgument, $"row {row} of '{name}' is {id}; the model takes 0 to {count - 1}");
}
