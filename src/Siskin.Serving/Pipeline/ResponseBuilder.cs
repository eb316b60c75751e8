using System.Collections.Frozen;
using System.Diagnostics;
using Siskin.Serving.Rank;
using Siskin.Serving.Recall;

namespace Siskin.Serving.Pipeline;

/// <summary>Turns the chosen candidates into the answer.</summary>
internal sealed class ResponseBuilder(IReadOnlyList<IRecallChannel> channels, PipelineContext context, RankLease? features)
{
    private static readonly IReadOnlyDictionary<string, double> NoNumbers = FrozenDictionary<string, double>.Empty;

    public RecommendationResponse Build(RecommendationRequest request, RequestReport report, long started)
    {
        var chosen = context.ReRank.Chosen;
        var items = new Recommendation[chosen.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Describe(chosen[i], i + 1, request.Explain);
        }

        var snapshot = context.Recall.Snapshot;
        return new RecommendationResponse
        {
            RequestId = Guid.CreateVersion7().ToString("N"),
            Scene = request.Scene,
            User = request.User,
            Release = snapshot.Release.Manifest.Number,
            Model = context.Recall.RankedBy?.Title,
            Items = items,
            Degradations = report.Degradations,
            Milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            Trace = request.Explain ? new RequestTrace(report.Stages, report.Channels, context.Recall.Scene.Changed) : null,
        };
    }

    private Recommendation Describe(int slot, int place, bool explain)
    {
        var table = context.Recall.Snapshot.Items;
        var candidates = context.Recall.Candidates;
        if (slot < 0)
        {
            var pinned = table[~slot].Item;
            return new Recommendation
            {
                Item = pinned.Id,
                Title = pinned.Title,
                Score = 0,
                Channels = ["pinned"],
                Trace = explain
                    ? new CandidateTrace { Channels = [], Scores = NoNumbers, Features = NoNumbers, Notes = [$"pinned to place {place}"] }
                    : null,
            };
        }

        var hits = Hits(slot);
        var names = new List<string>(hits.Count + 1);
        if (context.ReRank.IsPinned(place))
        {
            names.Add("pinned");
        }

        foreach (var hit in hits)
        {
            names.Add(hit.Channel);
        }

        var item = table[candidates.Rows[slot]].Item;
        return new Recommendation
        {
            Item = item.Id,
            Title = item.Title,
            Score = candidates.FinalScores[slot],
            Channels = names,
            Trace = explain ? Trace(slot, hits) : null,
        };
    }

    private List<ChannelHit> Hits(int slot)
    {
        var candidates = context.Recall.Candidates;
        var table = context.Recall.Snapshot.Items;
        var hits = new List<ChannelHit>(2);
        for (var c = 0; c < candidates.ChannelCount; c++)
        {
            var cell = (slot * candidates.ChannelCount) + c;
            if (candidates.Places[cell] > 0)
            {
                var because = candidates.Because[cell];
                hits.Add(new ChannelHit(channels[c].Name, candidates.Places[cell], candidates.ChannelScores[cell], because >= 0 ? table[because].Item.Id : null));
            }
        }

        hits.Sort(static (a, b) => a.Place.CompareTo(b.Place));
        return hits;
    }

    private CandidateTrace Trace(int slot, List<ChannelHit> hits)
    {
        var candidates = context.Recall.Candidates;
        var values = new Dictionary<string, double>();
        if (features is not null && context.Recall.Blend is { } blend)
        {
            var row = features.FeaturesOf(slot);
            for (var f = 0; f < row.Length; f++)
            {
                values[blend.Features[f]] = row[f];
            }
        }

        return new CandidateTrace
        {
            Channels = hits,
            Scores = new Dictionary<string, double>
            {
                ["preRank"] = candidates.PreRankScores[slot],
                ["rank"] = candidates.RankScores[slot],
                ["reRank"] = candidates.FinalScores[slot],
            },
            Features = values,
            Notes = context.ReRank.NotesOf(slot),
        };
    }
}
