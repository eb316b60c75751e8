using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Vectors.Kernels;

namespace Siskin.Serving.Recall;

/// <summary>What a request looks for among posted vectors: the mean direction of what its user took to lately, or of the item looked at.</summary>
internal static class ContentQuery
{
    /// <summary>After how many newer items one counts half, besides what the scene says of histories: this asks what somebody is after now.</summary>
    private const double HalfLife = 10;

    /// <summary>Beside an item, what is known of the user only breaks near-ties, as in item-to-item.</summary>
    private const float HistoryShare = 0.1f;

    /// <summary>Writes the query.</summary>
    /// <param name="context">The request.</param>
    /// <param name="content">Says how long vectors are.</param>
    /// <param name="query">Output, length d; not normalised.</param>
    /// <returns>False when no item that matters has a vector: the one looked at, or else those of the history; or when they cancel out.</returns>
    public static bool TryWrite(RecallContext context, ContentSpace content, Span<float> query)
    {
        query.Clear();
        if (context.ItemRow >= 0 && !AddItem(context.Snapshot, context.ItemRow, content.Dimensions, 1, query))
        {
            return false;
        }

        AddHistory(context, content.Dimensions, context.ItemRow >= 0 ? HistoryShare : 1, query);
        return query.ContainsAnyExcept(0f);
    }

    private static void AddHistory(RecallContext context, int dimensions, float share, Span<float> query)
    {
        var rows = context.User.RecentRows;
        var weights = context.User.RecentWeights;
        var decay = (float)double.Exp2(-1 / HalfLife);
        var (sum, recency) = (0f, 1f);
        for (var i = rows.Length - 1; i >= 0; i--, recency *= decay)
        {
            sum += weights[i] * recency;
        }

        recency = 1;
        for (var i = rows.Length - 1; i >= 0; i--, recency *= decay)
        {
            AddItem(context.Snapshot, rows[i], dimensions, share * weights[i] * recency / sum, query);
        }
    }

    private static bool AddItem(ServingSnapshot snapshot, int row, int dimensions, float weight, Span<float> query)
    {
        var vector = ContentVector.Of(snapshot.Items[row].Item, dimensions);
        if (vector.IsEmpty)
        {
            return false;
        }

        VectorMath.AddScaled(vector.Span, weight / VectorMath.Norm(vector.Span), query);
        return true;
    }
}
