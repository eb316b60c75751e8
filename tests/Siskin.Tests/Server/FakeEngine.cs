using Siskin.Server.Api;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;

namespace Siskin.Tests.Server;

/// <summary>A pipeline that answers every request with one item and tells what it was asked.</summary>
internal sealed class FakeEngine(FakeCatalogue catalogue) : IServingEngine
{
    private int _pulls;

    public bool IsReady { get; set; } = true;

    public int Release => 7;

    // Whatever channels the built-in scenes name, so that those can change without these tests.
    public SceneBook Scenes { get; } = new(SceneDefinition.BuiltIn, new SceneParameterSet(
    [
        .. SceneDefinition.BuiltIn.SelectMany(d => d.Parameters.Keys)
            .Where(p => p.StartsWith("recall.", StringComparison.Ordinal) && p.EndsWith(".quota", StringComparison.Ordinal))
            .Select(p => p["recall.".Length..^".quota".Length]).Distinct().Select(c => (c, 50, "A channel.")),
    ]));

    public RecommendationRequest? Asked { get; private set; }

    /// <summary>How often it was told that the catalogue changed.</summary>
    public int Pulls => _pulls;

    public Exception? Fault { get; set; }

    public ValueTask<RecommendationResponse> RecommendAsync(RecommendationRequest request, CancellationToken cancellationToken)
    {
        Asked = request;
        if (Fault is not null)
        {
            throw Fault;
        }

        _ = Scenes.Get(request.Scene).With(request.Parameters);
        if (request.Item is { } item && !HasItem(item))
        {
            throw new RequestException("item", $"'{item}' is unknown", isNotFound: true);
        }

        return new(Answer(request));
    }

    public ValueTask<RecommendationResponse> SimilarAsync(string itemId, int count, CancellationToken cancellationToken) =>
        HasItem(itemId)
            ? new(Answer(new RecommendationRequest { Scene = "similar", Item = itemId }))
            : throw new RequestException("id", $"'{itemId}' is unknown", isNotFound: true);

    public bool HasItem(string itemId) => catalogue.HasItem(itemId);

    public ValueTask CatalogueChangedAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pulls);
        return default;
    }

    private static RecommendationResponse Answer(RecommendationRequest request)
    {
        var none = new Dictionary<string, int>();
        return new RecommendationResponse
        {
            RequestId = "request-1",
            Scene = request.Scene,
            User = request.User,
            Release = 7,
            Items = [new Recommendation { Item = "a", Score = 0.5, Channels = ["popular"] }],
            Degradations = [new Degradation(DegradationReason.ChannelLate, "embedding", "120 ms were given")],
            Milliseconds = 1.25,
            Trace = request.Explain
                ? new RequestTrace([new StageTrace("recall", 0.75, 0, 10, none)], [new ChannelTrace("embedding", ChannelOutcome.Late, "late", 120, 50, 0, none)], request.Parameters)
                : null,
        };
    }
}
