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
/// vectors, cut at 0, or the Jaccard index of tags where a vector is missing or zero. One instance belongs to one request at a time.
/// </remarks>
internal sealed class ReRankStage
{
    /// <summary>Place of each pin to its slot, or ~row when no channel found the item.</summary>
    private readonly Dictionary<int, int> _pinnedAt = [];
    private float[] _relevance = [];
    private float[] _likeness = [];
    private float[] _norms = [];
    private int[] _targets = [];
    private bool[] _taken = [];
    private int[] _chosen = [];
    private int[] _tagCounts = [];
    private List<string>?[]? _notes;

    public int ChosenCount { get; private set; }

    /// <summary>Slots of the list, best first; ~row for a pinned item that is not among the candidates.</summary>
    public ReadOnlySpan<int> Chosen => _chosen.AsSpan(0, ChosenCount);

    public IReadOnlyList<string> NotesOf(int slot) => slot >= 0 && _notes?[slot] is { } notes ? notes : [];

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
        if (diversity > 0)
        {
            MeasureVectors(context);
        }

        if (cap > 0 && _tagCounts.Length < context.Snapshot.Items.TagCount)
        {
            _tagCounts = new int[context.Snapshot.Items.TagCount];
        }

        Array.Clear(_tagCounts);
        for (var place = 1; place <= count; place++)
        {
            if (_pinnedAt.TryGetValue(place, out var pinned))
            {
                Choose(context, pinned, diversity, cap);
                NotePin(pinned, place);
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
            _norms = new float[candidates.Count];
            _taken = new bool[candidates.Count];
        }

        _taken.AsSpan().Clear();
        _likeness.AsSpan().Clear();
        _notes = explain ? new List<string>?[candidates.Count] : null;
    }

    private void Boost(RecallContext context, float[] scores)
    {
        var candidates = context.Candidates;
        var items = context.Snapshot.Items;
        var freshness = context.Scene.Number(context.Parameters.FreshnessBoost);
        var halfLifeMs = context.Scene.Number(context.Parameters.FreshnessHalfLifeDays) * 86_400_000;
        var rules = context.Scene.Parsed<IReadOnlyList<BoostRule>>(context.Parameters.Boosts);
        Resolve(rules, items);
        var latest = context.Snapshot.Statistics.LatestMs;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            var row = candidates.Rows[slot];
            var entry = items[row];
            double score = scores[slot];
            if (freshness > 0)
            {
                var age = Math.Max(0, latest - entry.CreatedMs);
                var factor = 1 + (freshness * double.Exp2(-age / halfLifeMs));
                score *= factor;
                if (_notes is not null && factor > 1.005)
                {
                    Note(slot, $"freshness ×{factor.ToString("0.00", CultureInfo.InvariantCulture)}");
                }
            }

            for (var r = 0; r < rules.Count; r++)
            {
                if (_targets[r] >= 0 && (rules[r].IsTag ? entry.HasTag(_targets[r]) : row == _targets[r]))
                {
                    score *= rules[r].Factor;
                    if (_notes is not null)
                    {
                        Note(slot, $"{(rules[r].IsTag ? "tag" : "item")} {rules[r].Name} ×{rules[r].Factor.ToString(CultureInfo.InvariantCulture)}");
                    }
                }
            }

            // Many large factors together must not leave the range of finite numbers.
            candidates.FinalScores[slot] = (float)Math.Clamp(score, -float.MaxValue, float.MaxValue);
        }
    }

    /// <summary>Finds the tag or row that each rule speaks of; −1 where there is none.</summary>
    private void Resolve(IReadOnlyList<BoostRule> rules, ItemTable items)
    {
        if (_targets.Length < rules.Count)
        {
            _targets = new int[rules.Count];
        }

        for (var r = 0; r < rules.Count; r++)
        {
            var isKnown = rules[r].IsTag ? items.TryGetTag(rules[r].Name, out var target) : items.TryGetRow(rules[r].Name, out target);
            _targets[r] = isKnown ? target : -1;
        }
    }

    private void FindPins(RecallContext context, int count)
    {
        var pins = context.Scene.Parsed<IReadOnlyList<PinRule>>(context.Parameters.Pins);
        var candidates = context.Candidates;
        for (var p = 0; p < pins.Count; p++)
        {
            var pin = pins[p];

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

        Choose(context, best, diversity, cap);
        return true;
    }

    /// <summary>Gives the next place to a slot, or to a row that no channel found (as ~row).</summary>
    private void Choose(RecallContext context, int chosen, float diversity, int cap)
    {
        _chosen[ChosenCount++] = chosen;
        var row = chosen >= 0 ? context.Candidates.Rows[chosen] : ~chosen;
        if (chosen >= 0)
        {
            _taken[chosen] = true;
        }

        if (diversity > 0)
        {
            UpdateLikeness(context, row, chosen >= 0 ? _norms[chosen] : Norm(context.Snapshot, row));
        }

        if (cap > 0)
        {
            Count(context, row);
        }
    }

    private void UpdateLikeness(RecallContext context, int row, float norm)
    {
        var candidates = context.Candidates;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            if (!_taken[slot])
            {
                _likeness[slot] = Math.Max(_likeness[slot], Likeness(context.Snapshot, row, norm, candidates.Rows[slot], _norms[slot]));
            }
        }
    }

    private void MeasureVectors(RecallContext context)
    {
        var candidates = context.Candidates;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            _norms[slot] = Norm(context.Snapshot, candidates.Rows[slot]);
        }
    }

    /// <summary>Length of an item's vector; 0 when it has none.</summary>
    private static float Norm(ServingSnapshot snapshot, int row)
    {
        if (snapshot.Release.Factors is not { } factors || row >= factors.ItemCount)
        {
            return 0;
        }

        var vector = factors.Item(row);
        return MathF.Sqrt(VectorMath.Dot(vector, vector));
    }

    private static float Likeness(ServingSnapshot snapshot, int a, float normA, int b, float normB)
    {
        if (normA > 0 && normB > 0)
        {
            var factors = snapshot.Release.Factors!;
            return Math.Max(0, VectorMath.Dot(factors.Item(a), factors.Item(b)) / normA / normB);
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
                NotePin(pinned, ChosenCount);
            }
        }
    }

    private void NotePin(int slot, int place)
    {
        if (_notes is not null && slot >= 0)
        {
            Note(slot, $"pinned to place {place}");
        }
    }

    private void Note(int slot, string note)
    {
        if (_notes is not null)
        {
            (_notes[slot] ??= []).Add(note);
        }
    }
}
