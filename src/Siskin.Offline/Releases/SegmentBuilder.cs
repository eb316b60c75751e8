using Siskin.Data.Catalogue;
using Siskin.Offline.Jobs;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Releases;

/// <summary>Finds what the users of each segment take: one segment for each value of a categorical user attribute that is a feature.</summary>
internal static class SegmentBuilder
{
    // As if each segment had this many more consumptions, spread as everybody's are.
    private const double PriorStrength = 50;

    public static SegmentIndex Build(TrainingData data, UserHistories histories, TrainingSettings settings)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < data.UserIds.Count; row++)
        {
            rows[data.UserIds[row]] = row;
        }

        var members = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        var attributes = data.Schema.UserAttributes.Where(a => a is { Type: AttributeType.Categorical, IsFeature: true }).ToArray();
        foreach (var user in data.Users)
        {
            foreach (var attribute in attributes)
            {
                if (rows.TryGetValue(user.Id, out var row) && user.Attributes.TryGetValue(attribute.Name, out var value) && value.Text is { } text)
                {
                    var key = SegmentIndex.Key(attribute.Name, text);
                    if (!members.TryGetValue(key, out var list))
                    {
                        members[key] = list = [];
                    }

                    list.Add(row);
                }
            }
        }

        var everybody = Count(histories, Enumerable.Range(0, data.UserIds.Count), data.Items.Count, out var total);
        var keys = new List<string>();
        var starts = new List<int> { 0 };
        var items = new List<int>();
        var scores = new List<float>();
        foreach (var (key, users) in members)
        {
            if (users.Count < settings.SegmentUsers)
            {
                continue;
            }

            var counts = Count(histories, users, data.Items.Count, out var sum);
            var ranked = Enumerable.Range(0, counts.Length)
                .Where(item => counts[item] > 0)
                .Select(item => (Item: item, Score: (counts[item] + (PriorStrength * everybody[item] / Math.Max(1, total))) / (sum + PriorStrength)))
                .OrderByDescending(p => p.Score)
                .ThenBy(p => p.Item)
                .Take(settings.SegmentItems);
            keys.Add(key);
            foreach (var (item, score) in ranked)
            {
                items.Add(item);
                scores.Add((float)score);
            }

            starts.Add(items.Count);
        }

        return new SegmentIndex(keys, [.. starts], [.. items], [.. scores]);
    }

    private static double[] Count(UserHistories histories, IEnumerable<int> users, int items, out double total)
    {
        var counts = new double[items];
        total = 0;
        foreach (var user in users)
        {
            for (var i = histories.Starts[user]; i < histories.Starts[user + 1]; i++)
            {
                if (histories.Weights[i] > 0)
                {
                    counts[histories.Items[i]]++;
                    total++;
                }
            }
        }

        return counts;
    }
}
