using System.Globalization;
using Siskin.Data.Catalogue;
using Siskin.Models.Interactions;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Offline.Jobs;

/// <summary>Trains the blend that ranks, on what users took later than anything the blended models have seen of them.</summary>
/// <remarks>
/// The online pipeline itself recalls candidates from a release of the earlier part; those that the user took in the
/// later part are positives, and of the others a sample are negatives, weighted for all that were not drawn.
/// </remarks>
internal static class BlendTrainer
{
    private const int Negatives = 100;
    private const int MinPositives = 50;

    /// <summary>Trains a blend for users with a history.</summary>
    /// <param name="earlier">What the release has learned from.</param>
    /// <param name="release">A release of the earlier part, without blend.</param>
    /// <param name="later">What users took afterwards.</param>
    /// <param name="settings">How many users to learn from.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The blend, and what it was fitted on; null when there is too little to learn from.</returns>
    public static async Task<(BlendModel Blend, BlendSamples Samples)?> TrainAsync(TrainingPart earlier, Release release, Interaction[] later, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, string>
        {
            ["recall.item-to-item.similarity"] = settings.UseDamped ? "damped" : "cosine",
            ["recall.historyHalfLife"] = settings.HistoryHalfLife.ToString(CultureInfo.InvariantCulture),
        };
        var trained = await TrainAsync(
            earlier,
            release,
            later,
            settings,
            user => new RecommendationRequest { Scene = "home", User = user, Parameters = parameters },
            cancellationToken).ConfigureAwait(false);
        return trained is { } found
            ? (found.Blend with { HistoryHalfLife = settings.HistoryHalfLife, UsesDampedNeighbours = settings.UseDamped }, found.Samples)
            : null;
    }

    /// <summary>Trains a blend for visitors without history: the same users, asked for as somebody of whom only the attributes are known.</summary>
    /// <param name="earlier">What the release has learned from.</param>
    /// <param name="release">A release of the earlier part, without blend.</param>
    /// <param name="later">What users took afterwards.</param>
    /// <param name="settings">How many users to learn from.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The blend; null when there is too little to learn from.</returns>
    public static async Task<BlendModel?> TrainColdAsync(TrainingPart earlier, Release release, Interaction[] later, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var users = earlier.Data.Users.ToDictionary(u => u.Id, StringComparer.Ordinal);
        var trained = await TrainAsync(
            earlier,
            release,
            later,
            settings,
            user => new RecommendationRequest { Scene = "home", Context = users.TryGetValue(user, out var known) ? ContextOf(known) : new Dictionary<string, string>() },
            cancellationToken).ConfigureAwait(false);
        return trained?.Blend;
    }

    private static Dictionary<string, string> ContextOf(User user) =>
        user.Attributes.Where(a => !a.Value.IsNumber).ToDictionary(a => a.Key, a => a.Value.Text!, StringComparer.Ordinal);

    private static async Task<(BlendModel Blend, BlendSamples Samples)?> TrainAsync(
        TrainingPart earlier,
        Release release,
        Interaction[] later,
        TrainingSettings settings,
        Func<string, RecommendationRequest> request,
        CancellationToken cancellationToken)
    {
        var data = earlier.Data;
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var truth = TrainingPart.MatrixOf(data, later);
        var before = earlier.Matrix();
        var users = Enumerable.Range(0, data.UserIds.Count).Where(u => truth.Row(u).Length > 0).ToArray();
        var random = new Random(settings.Als.Seed);
        random.Shuffle(users);
        var samples = new BlendSamples(recommender.Channels);
        foreach (var user in users.Take(settings.BlendUsers))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await recommender.DescribeCandidatesAsync(
                request(data.UserIds[user]),
                candidates => samples.Add(candidates, truth.Row(user).Columns, before.Row(user).Columns, Negatives, random)).ConfigureAwait(false);
        }

        return samples.Positives < MinPositives ? null : (samples.Fit(cancellationToken), samples);
    }
}
