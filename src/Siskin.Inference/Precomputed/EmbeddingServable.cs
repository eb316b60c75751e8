using System.Collections.Frozen;
using System.Text;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;
using Siskin.Vectors.Kernels;

namespace Siskin.Inference.Precomputed;

/// <summary>Vectors of users and items computed beforehand, compared by inner product; with a light model, that weighs the product against short- and long-term interests.</summary>
/// <remarks>
/// As a model of tensors it takes <c>user</c>, bytes of n, and gives the nearest items through a vector index: <c>items</c>,
/// bytes of n × 100, and <c>scores</c>. As a ranker it scores candidates; a user without a vector gets the mean of those of
/// the history's items.
/// </remarks>
public sealed class EmbeddingServable : IRankingServable
{
    private const int Nearest = 100;

    private readonly FrozenDictionary<string, int> _users;
    private readonly VectorSet _userVectors;
    private readonly FrozenDictionary<string, int> _items;
    private readonly VectorSet _itemVectors;
    private readonly LightModel? _light;
    private readonly VectorSet? _interests;
    private readonly byte[][] _names;
    private readonly ExactIndex _index;

    internal EmbeddingServable(FrozenDictionary<string, int> users, VectorSet userVectors, FrozenDictionary<string, int> items, VectorSet itemVectors, LightModel? light, VectorSet? interests)
    {
        (_users, _userVectors, _items, _itemVectors, _light, _interests) = (users, userVectors, items, itemVectors, light, interests);
        _names = new byte[items.Count][];
        foreach (var (id, place) in items)
        {
            _names[place] = Encoding.UTF8.GetBytes(id);
        }

        _index = new ExactIndex(itemVectors.Rows, itemVectors.Dimensions, VectorMetric.InnerProduct);
    }

    /// <summary><c>siskin_embeddings</c>.</summary>
    public string Platform => "siskin_embeddings";

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; } = [new("user", TensorType.Bytes, [-1])];

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; } = [new("items", TensorType.Bytes, [-1, -1]), new("scores", TensorType.Float32, [-1, -1])];

    private int Dimensions => _itemVectors.Dimensions;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var users = ServableInputs.Arrange(this, inputs, out var n)[0].Values<byte[]>();
        var chosen = ServableInputs.Outputs(this, outputs);
        var k = Math.Min(Nearest, _names.Length);
        var (names, scores, ids) = (new byte[n * k][], new float[n * k], new int[k]);
        for (var i = 0; i < n; i++)
        {
            var user = Encoding.UTF8.GetString(users[i]);
            if (!_users.TryGetValue(user, out var row))
            {
                throw new ServableException(ServableError.NotFound, $"there is no vector of the user '{user}'");
            }

            _index.Search(_userVectors[row], ids, scores.AsSpan(i * k, k));
            for (var place = 0; place < k; place++)
            {
                names[(i * k) + place] = _names[ids[place]];
            }
        }

        Tensor[] all = [Tensor.Of("items", names, n, k), Tensor.Of("scores", scores, n, k)];
        return ValueTask.FromResult<IReadOnlyList<Tensor>>([.. chosen.Select(output => all[output])]);
    }

    /// <inheritdoc/>
    public IScorer CreateScorer(ScorerContext context) => new Scorer(this, context);

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    /// <summary>Writes what a light model knows of a candidate from vectors; the order is that of <see cref="LightModel.VectorFeatures"/>.</summary>
    /// <param name="item">The candidate's vector.</param>
    /// <param name="user">The user's.</param>
    /// <param name="interests">Row-major, any number of vectors.</param>
    /// <param name="recent">Row-major, any number of vectors.</param>
    /// <param name="features">Output.</param>
    internal static void WriteFeatures(ReadOnlySpan<float> item, ReadOnlySpan<float> user, ReadOnlySpan<float> interests, ReadOnlySpan<float> recent, Span<float> features)
    {
        features[0] = VectorMath.Dot(user, item);
        (features[1], features[2]) = MaxAndMean(item, interests);
        (features[3], features[4]) = MaxAndMean(item, recent);
    }

    private static (float Max, float Mean) MaxAndMean(ReadOnlySpan<float> item, ReadOnlySpan<float> rows)
    {
        if (rows.IsEmpty)
        {
            return (0, 0);
        }

        var (max, sum, count) = (float.NegativeInfinity, 0f, rows.Length / item.Length);
        for (var i = 0; i < count; i++)
        {
            var dot = VectorMath.Dot(rows.Slice(i * item.Length, item.Length), item);
            max = Math.Max(max, dot);
            sum += dot;
        }

        return (max, sum / count);
    }

    private sealed class Scorer : IScorer
    {
        private readonly EmbeddingServable _model;
        private readonly int[] _rows;
        private readonly int[] _columns;

        public Scorer(EmbeddingServable model, ScorerContext context)
        {
            (_model, FeatureCount) = (model, context.Features.Count);
            _rows = [.. context.Items.Select(id => model._items.GetValueOrDefault(id, -1))];
            var features = context.Features.ToList();
            _columns = model._light is not { } light
                ? []
                : [.. light.Features.Select(name => LightModel.VectorFeatures.ToList().IndexOf(name) is >= 0 and var own
                    ? -1 - own
                    : features.IndexOf(name) is >= 0 and var column ? column : throw new ModelFormatException(LightModel.FileName, -1, $"there is no feature '{name}', only {string.Join(", ", LightModel.VectorFeatures.Concat(features))}"))];
        }

        public int FeatureCount { get; }

        public int Heads => 1;

        public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
        {
            var d = _model.Dimensions;
            var recent = new float[Math.Min(batch.History.Length, _model._light?.Recent ?? 10) * d];
            recent = recent[..Recent(batch.History.Span, recent)];
            var isKnown = _model._users.TryGetValue(batch.User ?? string.Empty, out var row);
            var user = isKnown ? _model._userVectors[row].ToArray() : Mean(recent, d);
            var interests = isKnown && _model._interests is { } all ? all.Rows.Span.Slice(row * _model._light!.Interests * d, _model._light.Interests * d) : default;
            var scores = batch.Scores.Span;
            Span<float> own = stackalloc float[LightModel.VectorFeatures.Count];
            for (var i = 0; i < scores.Length; i++)
            {
                var item = batch.Items.Span[i] is var place && place < _rows.Length ? _rows[place] : -1;
                if (_model._light is not { } light)
                {
                    scores[i] = item < 0 ? 0 : Sigmoid(VectorMath.Dot(user, _model._itemVectors[item]));
                    continue;
                }

                own.Clear();
                if (item >= 0)
                {
                    WriteFeatures(_model._itemVectors[item], user, interests, recent, own);
                }

                scores[i] = Sigmoid(Logit(light, batch.Features.Span.Slice(i * FeatureCount, FeatureCount), own));
            }

            return ValueTask.CompletedTask;
        }

        private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

        private static float[] Mean(float[] rows, int d)
        {
            var mean = new float[d];
            for (var i = 0; i < rows.Length; i++)
            {
                mean[i % d] += rows[i] * d / rows.Length;
            }

            return mean;
        }

        private float Logit(LightModel light, ReadOnlySpan<float> features, ReadOnlySpan<float> own)
        {
            var sum = light.Bias;
            for (var f = 0; f < _columns.Length; f++)
            {
                var value = _columns[f] < 0 ? own[-1 - _columns[f]] : features[_columns[f]];
                sum += (value - light.Means[f]) * light.Scales[f] * light.Weights[f];
            }

            return sum;
        }

        // The vectors of the latest items that have one; gives how many numbers they are.
        private int Recent(ReadOnlySpan<int> history, Span<float> vectors)
        {
            var (d, written) = (_model.Dimensions, 0);
            for (var i = history.Length - 1; i >= 0 && written < vectors.Length; i--)
            {
                if (history[i] < _rows.Length && _rows[history[i]] is >= 0 and var item)
                {
                    _model._itemVectors[item].CopyTo(vectors[written..]);
                    written += d;
                }
            }

            return written;
        }
    }
}
