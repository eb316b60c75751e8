using System.Globalization;
using Siskin.Serving.Candidates;
using Siskin.Serving.Recall;
using Siskin.Serving.Snapshot;
using Siskin.Vectors.Kernels;

namespace Siskin.Serving.ReRank;

/// <summary>
/// Makes the list: boosts, pins, caps on tags and diversity by maximal marginal relevance
/// (Carbonell and Goldstein 1998): each place goes to the item with the largest (1 − δ)·relevance − δ·likeness, where
/// likeness is that to the most alike item already chosen.
/// </summary>
/// <remarks>
/// Relevance is the logarithm of the boosted score, scaled to 0…1 over the window. Likeness is the cosine of item
/// vectors, cut at 0, or the Jaccard index of tags where a vector is missing. One instance belongs to one request at a time.
/// </remarks>
internal sealed class ReRankStage
{
    /// <summary>Place of each pin to its slot, or ~row when no channel found the item.</summary>
    private readonly Dictionary<int, int> _pinnedAt = [];
    private readonly List<string>?[] _noNotes = [];
    private float[] _relevance = [];
    private float[] _likeness = [];
    private bool[] _taken = [];
    private int[] _chosen = [];
    private int[] _tagCounts = [];
    private List<string>?[] _notes = [];

    public int ChosenCount { get; private set; }

    /// <summary>Slots of the list, best first; ~row for a pinned item that is not among the candidates.</summary>
    public ReadOnlySpan<int> Chosen => _chosen.AsSpan(0, ChosenCount);

    public IReadOnlyList<string> NotesOf(int slot) => slot >= 0 && slot < _notes.Length && _notes[slot] is { } notes ? notes : [];

    public bool IsPinned(int place) => _pinnedAt.ContainsKey(place);

    public void Run(RecallContext context, float[] scores, int count, bool explain)
    {
        var (scene, set) = (context.Scene, context.Parameters);
        var candidates = context.Candidates;
        Begin(candidates, count, explain);
        Boost(context, scores);
        candidates.SortAndKeep(candidates.FinalScores, Math.Max(scene.Integer(set.ReRankWindow), count));
        FindPins(context, count);

        var diversity = (float)scene.Number(set.Diversity);
        var cap = scene.Integer(set.TagCap);
        if (diversity == 0 && cap == 0 && _pinnedAt.Count == 0)
        {
            ChosenCount = Math.Min(count, candidates.OrderCount);
            candidates.Order.AsSpan(0, ChosenCount).CopyTo(_chosen);
            return;
        }

        Scale(candidates);
        if (cap > 0 && _tagCounts.Length < context.Snapshot.Items.TagCount)
        {
            _tagCounts = new int[context.Snapshot.Items.TagCount];
        }

        Array.Clear(_tagCounts);
        for (var place = 1; place <= count; place++)
        {
            if (_pinnedAt.TryGetValue(place, out var pinned))
            {
                _chosen[ChosenCount++] = pinned;
                Count(context, pinned >= 0 ? candidates.Rows[pinned] : ~pinned);
            }
            else if (!ChooseNext(context, diversity, cap))
            {
                // Nothing is left; pins further down move up.
                AppendRemainingPins(place, count);
                break;
            }
        }
    }

    private void Begin(CandidateBuffer candidates, int count, bool explain)
    {
        ChosenCount = 0;
        _pinnedAt.Clear();
        if (_chosen.Length < count)
        {
            _chosen = new int[count];
        }

        if (_relevance.Length < candidates.Count)
        {
            _relevance = new float[candidates.Count];
            _likeness = new float[candidates.Count];
            _taken = new bool[candidates.Count];
        }

        _taken.AsSpan().Clear();
        _likeness.AsSpan().Clear();
        _notes = explain ? new List<string>?[candidates.Count] : _noNotes;
    }

    private void Boost(RecallContext context, float[] scores)
    {
        var candidates = context.Candidates;
        var items = context.Snapshot.Items;
        var freshness = context.Scene.Number(context.Parameters.FreshnessBoost);
        var halfLifeMs = context.Scene.Number(context.Parameters.FreshnessHalfLifeDays) * 86_400_000;
        var text = context.Scene.Text(context.Parameters.Boosts);
        var rules = text.Length == 0 ? [] : BoostRule.Parse(text);
        var latest = context.Snapshot.Statistics.LatestMs;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            double score = scores[slot];
            if (freshness > 0)
            {
                var age = Math.Max(0, latest - items[candidates.Rows[slot]].CreatedMs);
                var factor = 1 + (freshness * double.Exp2(-age / halfLifeMs));
                score *= factor;
                Note(slot, factor > 1.005 ? $"freshness ×{factor.ToString("0.00", CultureInfo.InvariantCulture)}" : null);
            }

            foreach (var rule in rules)
            {
                var entry = items[candidates.Rows[slot]];
                if (rule.IsTag ? items.TryGetTag(rule.Name, out var tag) && entry.HasTag(tag) : entry.Item.Id == rule.Name)
                {
                    score *= rule.Factor;
                    Note(slot, $"{(rule.IsTag ? "tag" : "item")} {rule.Name} ×{rule.Factor.ToString(CultureInfo.InvariantCulture)}");
                }
            }

            candidates.FinalScores[slot] = (float)score;
        }
    }

    private void FindPins(RecallContext context, int count)
    {
        var text = context.Scene.Text(context.Parameters.Pins);
        if (text.Length == 0)
        {
            return;
        }

        var candidates = context.Candidates;
        foreach (var pin in PinRule.Parse(text))
        {
            // A pin overrules that the user has seen the item, but neither its availability nor the request's own rules.
            if (pin.Place > count
                || !context.Snapshot.Items.TryGetRow(pin.Item, out var row)
                || context.Filter.Check(row) is DropReason.Unavailable or DropReason.Filter)
            {
                continue;
            }

            var slot = -1;
            for (var i = 0; i < candidates.OrderCount && slot < 0; i++)
            {
                slot = candidates.Rows[candidates.Order[i]] == row ? candidates.Order[i] : -1;
            }

            if (slot >= 0)
            {
                _taken[slot] = true;
                Note(slot, $"pinned to place {pin.Place}");
            }

            _pinnedAt[pin.Place] = slot >= 0 ? slot : ~row;
        }
    }

    private void Scale(CandidateBuffer candidates)
    {
        var (low, high) = (float.MaxValue, float.MinValue);
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            _relevance[slot] = MathF.Log(Math.Max(candidates.FinalScores[slot], 1e-12f));
            low = Math.Min(low, _relevance[slot]);
            high = Math.Max(high, _relevance[slot]);
        }

        var range = high > low ? high - low : 1;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            ref var relevance = ref _relevance[candidates.Order[i]];
            relevance = (relevance - low) / range;
        }
    }

    private bool ChooseNext(RecallContext context, float diversity, int cap)
    {
        var candidates = context.Candidates;
        var items = context.Snapshot.Items;
        var (best, bestAnyway) = (-1, -1);
        var (bestScore, bestAnywayScore) = (float.NegativeInfinity, float.NegativeInfinity);
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            if (_taken[slot])
            {
                continue;
            }

            var score = ((1 - diversity) * _relevance[slot]) - (diversity * _likeness[slot]);
            if (score > bestAnywayScore)
            {
                (bestAnyway, bestAnywayScore) = (slot, score);
            }

            if (score > bestScore && (cap == 0 || IsWithinCap(items[candidates.Rows[slot]].Tags, cap)))
            {
                (best, bestScore) = (slot, score);
            }
        }

        if (bestAnyway < 0)
        {
            return false;
        }

        if (best < 0)
        {
            best = bestAnyway;
            Note(best, "cap on tags relaxed");
        }

        _taken[best] = true;
        _chosen[ChosenCount++] = best;
        if (diversity > 0)
        {
            UpdateLikeness(context, best);
        }

        Count(context, candidates.Rows[best]);
        return true;
    }

    private void UpdateLikeness(RecallContext context, int chosen)
    {
        var candidates = context.Candidates;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            if (!_taken[slot])
            {
                var likeness = Likeness(context.Snapshot, candidates.Rows[chosen], candidates.Rows[slot]);
                if (likeness > _likeness[slot])
                {
                    _likeness[slot] = likeness;
                }
            }
        }
    }

    private static float Likeness(ServingSnapshot snapshot, int a, int b)
    {
        if (snapshot.Release.Factors is { } factors && a < factors.ItemCount && b < factors.ItemCount)
        {
            var x = factors.Item(a);
            var y = factors.Item(b);
            var norms = VectorMath.Dot(x, x) * VectorMath.Dot(y, y);
            return norms > 0 ? Math.Max(0, VectorMath.Dot(x, y) / MathF.Sqrt(norms)) : 0;
        }

        var (left, right) = (snapshot.Items[a].Tags, snapshot.Items[b].Tags);
        var shared = 0;
        foreach (var tag in left)
        {
            shared += Array.IndexOf(right, tag) >= 0 ? 1 : 0;
        }

        var all = left.Length + right.Length - shared;
        return all == 0 ? 0 : (float)shared / all;
    }

    private bool IsWithinCap(int[] tags, int cap)
    {
        foreach (var tag in tags)
        {
            if (tag < _tagCounts.Length && _tagCounts[tag] >= cap)
            {
                return false;
            }
        }

        return true;
    }

    private void Count(RecallContext context, int row)
    {
        foreach (var tag in context.Snapshot.Items[row].Tags)
        {
            if (tag < _tagCounts.Length)
            {
                _tagCounts[tag]++;
            }
        }
    }

    private void AppendRemainingPins(int from, int to)
    {
        for (var place = from; place <= to; place++)
        {
            if (_pinnedAt.Remove(place, out var pinned))
            {
                _chosen[ChosenCount++] = pinned;
                _pinnedAt[ChosenCount] = pinned;
            }
        }
    }

    private void Note(int slot, string? note)
    {
        if (note is not null && slot < _notes.Length)
        {
            (_notes[slot] ??= []).Add(note);
        }
    }
}
