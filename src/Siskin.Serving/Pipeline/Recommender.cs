using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Siskin.Serving.Candidates;
using Siskin.Serving.PreRank;
using Siskin.Serving.Rank;
using Siskin.Serving.Recall;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Pipeline;

/// <summary>Answers requests: recall → merge → filter → pre-rank → rank → re-rank, within a deadline.</summary>
/// <remarks>
/// Safe for concurrent use; takes no lock. A recall channel or a stage that fails or is late costs the answer only its own
/// part, which the answer names under <see cref="RecommendationResponse.Degradations"/>.
/// </remarks>
public sealed partial class Recommender
{
    /// <summary>Contexts that have held more candidates than this are left to the garbage collector.</summary>
    private const int MaxPooledCandidates = 16_384;

    private readonly SnapshotHolder _snapshots;
    private readonly RecommenderOptions _options;
    private readonly SceneParameterSet _parameters;
    private readonly RecallStage _recall;
    private readonly RankStage _rank;
    private readonly ILogger _logger;
    private readonly RequestSample _sample = new();
    private readonly Pool<PipelineContext> _contexts = new(() => new PipelineContext(), 256);

    /// <summary>Composes the pipeline.</summary>
    /// <param name="snapshots">Where each request finds the snapshot in force.</param>
    /// <param name="options">Scenes and channels.</param>
    /// <param name="logger">Gets failures and late channels.</param>
    /// <exception cref="RequestException">A scene's definition has an unknown parameter or a value that is not allowed.</exception>
    public Recommender(SnapshotHolder snapshots, RecommenderOptions? options = null, ILogger<Recommender>? logger = null)
    {
        _snapshots = snapshots;
        _options = options ?? new RecommenderOptions();
        _logger = logger ?? (ILogger)NullLogger.Instance;
        _parameters = new SceneParameterSet([.. _options.Channels.Select(c => (c.Name, c.DefaultQuota, c.Description))]);
        Scenes = new SceneBook(SceneDefinition.BuiltIn.Select(WithoutUnknownChannels).Concat(_options.Scenes), _parameters);
        _recall = new RecallStage(_options.Channels, _logger);
        _rank = new RankStage(_options, _logger);
    }

    /// <summary>The scenes that requests may name.</summary>
    public SceneBook Scenes { get; }

    /// <summary>Names of the recall channels, in the order in which they merge.</summary>
    public IReadOnlyList<string> Channels => [.. _options.Channels.Select(c => c.Name)];

    /// <summary>Recommends items.</summary>
    /// <exception cref="RequestException">The request asks for something that does not exist or is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<RecommendationResponse> RecommendAsync(RecommendationRequest request, CancellationToken cancellationToken = default)
    {
        _sample.Add(request);
        return AnswerAsync(request, _snapshots.Current, cancellationToken);
    }

    private async ValueTask<RecommendationResponse> AnswerAsync(RecommendationRequest request, ServingSnapshot snapshot, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var scene = Scenes.Get(request.Scene).With(request.Parameters);
        var count = request.Count ?? scene.Integer(_parameters.Count);
        if (count is < 1 or > 1000)
        {
            throw new RequestException("count", $"is {count}; 1 to 1000 is allowed");
        }

        var report = new RequestReport(request.Explain);
        var deadlineTicks = (long)(scene.Number(_parameters.DeadlineMs) * Stopwatch.Frequency / 1000);
        var context = _contexts.Rent();
        var isReusable = true;
        RankLease? features = null;
        var models = snapshot.HoldModels();
        try
        {
            context.Recall.Begin(request, snapshot, models, _parameters, scene);
            isReusable = false;
            isReusable = await _recall.RunAsync(context.Recall, started + (long)(deadlineTicks * scene.Number(_parameters.RecallShare)), report).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            AddRecallTraces(context.Recall, report, started);

            var candidates = context.Recall.Candidates;
            Filter(context.Recall, report);
            var map = _rank.ChannelMap(context.Recall.Blend);
            var time = Stopwatch.GetTimestamp();
            var before = candidates.OrderCount;
            PreRankStage.Run(context.Recall, context.Recall.Blend, map, Math.Max(count, scene.Integer(_parameters.PreRankKeep)));
            report.AddStage("preRank", time, before, candidates.OrderCount, "quota");

            time = Stopwatch.GetTimestamp();
            features = await _rank.RunAsync(context.Recall, map, started + deadlineTicks, report).ConfigureAwait(false);
            report.AddStage("rank", time, candidates.OrderCount, candidates.OrderCount, string.Empty);

            time = Stopwatch.GetTimestamp();
            before = candidates.OrderCount;
            context.ReRank.Run(context.Recall, candidates.RankScores, count, request.Explain);
            report.AddStage("reRank", time, before, context.ReRank.ChosenCount, "quota");
            return new ResponseBuilder(_options.Channels, context, features).Build(request, report, started);
        }
        finally
        {
            features?.Dispose();
            models.Release();
            Return(context, isReusable);
        }
    }

    /// <summary>Items like one, for nobody in particular: the list of the scene <c>similar</c>.</summary>
    /// <param name="item">Id of the item.</param>
    /// <param name="count">1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestException">There is no such item, or the count is not allowed.</exception>
    public ValueTask<RecommendationResponse> SimilarAsync(string item, int count, CancellationToken cancellationToken = default) =>
        RecommendAsync(new RecommendationRequest { Scene = "similar", Item = item, Count = count }, cancellationToken);

    /// <summary>Answers some requests and throws the answers away, so that later ones find compiled code and filled caches.</summary>
    /// <param name="requests">How many: of those asked lately, and for users of the snapshot as long as there are not enough of them.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task WarmUpAsync(int requests, CancellationToken cancellationToken = default) =>
        await WarmUpAsync(_snapshots.Current, requests, cancellationToken).ConfigureAwait(false);

    /// <summary>Readies a snapshot that is not in force yet: compiles its ranker, and warms up as <see cref="WarmUpAsync(int, CancellationToken)"/> does.</summary>
    /// <param name="snapshot">What will be in force.</param>
    /// <param name="requests">How many requests to answer from it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <remarks>On a <see cref="Releases.LoadingThread"/> the caller's thread does the work and rests between requests.</remarks>
    public async Task WarmUpAsync(ServingSnapshot snapshot, int requests, CancellationToken cancellationToken = default)
    {
        _rank.Prepare(snapshot.Release);
        var recent = _sample.Take(requests);
        var random = new Random(1);
        for (var i = 0; i < requests; i++)
        {
            var request = i < recent.Count ? recent[i] : new RecommendationRequest { Scene = "home", User = snapshot.RandomUser(random), Explain = i % 4 == 0 };
            try
            {
                await AnswerAsync(request with { Parameters = WithoutDeadline(request.Parameters) }, snapshot, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestException)
            {
                // What was asked lately may have been a mistake, or name an item that this release does not know.
            }

            Releases.LoadingThread.Rest();
        }
    }

    /// <summary>Runs recall alone and shows what it found; what the ranker is trained on.</summary>
    /// <param name="request">A request; its scene's quotas and filters hold, deadlines do not.</param>
    /// <param name="observer">Looks at the candidates during the call.</param>
    public async ValueTask DescribeCandidatesAsync(RecommendationRequest request, CandidateObserver observer)
    {
        var scene = Scenes.Get(request.Scene).With(request.Parameters);
        var context = _contexts.Rent();
        var isReusable = true;
        try
        {
            context.Recall.Begin(request, _snapshots.Current, ModelBindings.Empty, _parameters, scene);
            isReusable = false;
            isReusable = await _recall.RunAsync(context.Recall, Stopwatch.GetTimestamp() + (3600 * Stopwatch.Frequency), new RequestReport(false)).ConfigureAwait(false);
            Observe(context.Recall, observer);
        }
        finally
        {
            Return(context, isReusable);
        }
    }

    /// <summary>What a built-in scene says of channels that this pipeline does not have is left out.</summary>
    private SceneDefinition WithoutUnknownChannels(SceneDefinition scene) => scene with
    {
        Parameters = scene.Parameters.Where(p => _parameters.IndexOf(p.Key) >= 0).ToDictionary(StringComparer.Ordinal),
    };

    private static Dictionary<string, string> WithoutDeadline(IReadOnlyDictionary<string, string> parameters) =>
        new(parameters, StringComparer.Ordinal) { ["deadlineMs"] = "60000" };

    private static void Observe(RecallContext context, CandidateObserver observer)
    {
        var candidates = context.Candidates;
        var n = candidates.Count;
        var common = new float[n * RankFeatures.CommonNames.Count];
        RankFeatures.WriteCommon(context, common, RankFeatures.CommonNames.Count, 0);
        observer(new DescribedCandidates
        {
            Rows = candidates.Rows.AsSpan(0, n),
            ChannelCount = candidates.ChannelCount,
            Places = candidates.Places.AsSpan(0, n * candidates.ChannelCount),
            Scores = candidates.ChannelScores.AsSpan(0, n * candidates.ChannelCount),
            RecentRows = context.User.RecentRows,
            CommonFeatures = common,
        });
    }

    /// <summary>Asks the rules again for every candidate: a channel may have offered by other means than its lease's check.</summary>
    private static void Filter(RecallContext context, RequestReport report)
    {
        var time = Stopwatch.GetTimestamp();
        var candidates = context.Candidates;
        Span<int> dropped = stackalloc int[4];
        dropped.Clear();
        var kept = 0;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            var reason = context.Filter.Check(candidates.Rows[slot]);
            if (reason == DropReason.None)
            {
                candidates.Order[kept++] = slot;
            }
            else
            {
                dropped[(int)reason]++;
            }
        }

        var before = candidates.OrderCount;
        candidates.OrderCount = kept;
        if (report.IsExplained)
        {
            // What the channels came across and left out belongs to the filter's account as well.
            var reasons = new Dictionary<string, int>();
            RequestReport.AddIfAny(reasons, "seen", dropped[(int)DropReason.Seen] + Sum(report, "seen"));
            RequestReport.AddIfAny(reasons, "unavailable", dropped[(int)DropReason.Unavailable] + Sum(report, "unavailable"));
            RequestReport.AddIfAny(reasons, "filter", dropped[(int)DropReason.Filter] + Sum(report, "filter"));
            report.Add(new StageTrace("filter", Stopwatch.GetElapsedTime(time).TotalMilliseconds, before, kept, reasons));
        }
    }

    /// <summary>Gives a context back, unless a late channel may still read it or an unusual request has made it large.</summary>
    private void Return(PipelineContext context, bool isReusable)
    {
        if (isReusable && context.Recall.Candidates.Rows.Length <= MaxPooledCandidates)
        {
            context.Recall.End();
            _contexts.Return(context);
        }
    }

    private static int Sum(RequestReport report, string reason) => report.Channels.Sum(c => c.Dropped.GetValueOrDefault(reason));

    private static void AddRecallTraces(RecallContext context, RequestReport report, long started)
    {
        if (!report.IsExplained)
        {
            return;
        }

        var found = report.Channels.Sum(c => c.Found);
        report.Add(new StageTrace("recall", Stopwatch.GetElapsedTime(started).TotalMilliseconds, context.Snapshot.ItemCount, found, RequestReport.NothingDropped));
        var merged = context.Candidates.OrderCount;
        report.AddStage("merge", Stopwatch.GetTimestamp(), found, merged, "duplicate");
    }
}
