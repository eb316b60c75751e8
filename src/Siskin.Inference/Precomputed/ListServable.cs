using System.Collections.Frozen;
using System.Text;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;

namespace Siskin.Inference.Precomputed;

/// <summary>Results computed beforehand: a list of items with scores for each user, and one for users without a list.</summary>
/// <remarks>
/// As a model of tensors it takes <c>user</c>, bytes of n, and gives <c>items</c>, bytes of n × k, and <c>scores</c>, n × k,
/// with empty items behind shorter lists. As a ranker it gives a candidate its score in the user's list, and 0 where it is not in it.
/// </remarks>
public sealed class ListServable : IRankingServable
{
    private readonly FrozenDictionary<string, int> _users;
    private readonly IReadOnlyList<string> _items;
    private readonly int[] _offsets;
    private readonly int[] _rows;
    private readonly float[] _scores;
    private readonly int _fallback;
    private readonly int _longest;

    /// <param name="users">Place of each user's list.</param>
    /// <param name="items">Ids.</param>
    /// <param name="offsets">Where each list begins in <paramref name="rows"/>, and the end of the last.</param>
    /// <param name="rows">Places in <paramref name="items"/>.</param>
    /// <param name="scores">Of each, at least 0.</param>
    /// <param name="fallback">Place of the list for other users; −1 for none.</param>
    internal ListServable(FrozenDictionary<string, int> users, IReadOnlyList<string> items, int[] offsets, int[] rows, float[] scores, int fallback)
    {
        (_users, _items, _offsets, _rows, _scores, _fallback) = (users, items, offsets, rows, scores, fallback);
        for (var list = 0; list + 1 < offsets.Length; list++)
        {
            _longest = Math.Max(_longest, offsets[list + 1] - offsets[list]);
        }
    }

    /// <summary><c>siskin_lists</c>.</summary>
    public string Platform => "siskin_lists";

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; } = [new("user", TensorType.Bytes, [-1])];

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; } = [new("items", TensorType.Bytes, [-1, -1]), new("scores", TensorType.Float32, [-1, -1])];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var users = ServableInputs.Arrange(this, inputs, out var n)[0].Values<byte[]>();
        var chosen = ServableInputs.Outputs(this, outputs);
        var (items, scores) = (new byte[n * _longest][], new float[n * _longest]);
        Array.Fill(items, []);
        for (var i = 0; i < n; i++)
        {
            var list = ListOf(Encoding.UTF8.GetString(users[i]));
            if (list < 0)
            {
                throw new ServableException(ServableError.NotFound, $"there is no list for the user '{Encoding.UTF8.GetString(users[i])}', and none for others");
            }

            for (var (at, to) = (_offsets[list], i * _longest); at < _offsets[list + 1]; at++, to++)
            {
                (items[to], scores[to]) = (Encoding.UTF8.GetBytes(_items[_rows[at]]), _scores[at]);
            }
        }

        Tensor[] all = [Tensor.Of("items", items, n, _longest), Tensor.Of("scores", scores, n, _longest)];
        return ValueTask.FromResult<IReadOnlyList<Tensor>>([.. chosen.Select(output => all[output])]);
    }

    /// <inheritdoc/>
    public IScorer CreateScorer(ScorerContext context) => new Scorer(this, context);

    /// <summary>Nothing to be freed.</summary>
    public void Dispose()
    {
    }

    private int ListOf(string? user) => user is not null && _users.TryGetValue(user, out var list) ? list : _fallback;

    private sealed class Scorer : IScorer
    {
        private readonly ListServable _lists;
        private readonly int[] _rows;

        public Scorer(ListServable lists, ScorerContext context)
        {
            (_lists, FeatureCount) = (lists, context.Features.Count);
            var places = new Dictionary<string, int>(lists._items.Count, StringComparer.Ordinal);
            for (var item = 0; item < lists._items.Count; item++)
            {
                places[lists._items[item]] = item;
            }

            _rows = [.. context.Items.Select(id => places.GetValueOrDefault(id, -1))];
        }

        public int FeatureCount { get; }

        public int Heads => 1;

        public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
        {
            var list = _lists.ListOf(batch.User);
            if (list < 0)
            {
                throw new ServableException(ServableError.NotFound, "there is no list for the user, and none for others");
            }

            var (from, to) = (_lists._offsets[list], _lists._offsets[list + 1]);
            var scores = batch.Scores.Span;
            var items = batch.Items.Span;
            for (var i = 0; i < scores.Length; i++)
            {
                var item = items[i] < _rows.Length ? _rows[items[i]] : -1;
                var at = item < 0 ? -1 : _lists._rows.AsSpan(from, to - from).IndexOf(item);
                scores[i] = at < 0 ? 0 : _lists._scores[from + at];
            }

            return ValueTask.CompletedTask;
        }
    }
}
