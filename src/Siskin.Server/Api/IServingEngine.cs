using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;

namespace Siskin.Server.Api;

/// <summary>What the API needs of the pipeline and of the live updates behind it.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal interface IServingEngine
{
    /// <summary>Whether everything stored has been loaded, so that answers are complete.</summary>
    bool IsReady { get; }

    /// <summary>Number of the release that answers; 0 when none is there yet.</summary>
    int Release { get; }

    /// <summary>What is wrong with the releases at present, in words; null when nothing is.</summary>
    string? ReleaseFault => null;

    /// <summary>How often a release, or the pin, was refused.</summary>
    long ReleaseRefusals => 0;

    /// <summary>How often another release was swapped in.</summary>
    long ReleaseSwaps => 0;

    /// <summary>The scenes.</summary>
    SceneBook Scenes { get; }

    /// <summary>Answers a request.</summary>
    /// <exception cref="RequestException">The request asks for something that cannot be.</exception>
    ValueTask<RecommendationResponse> RecommendAsync(RecommendationRequest request, CancellationToken cancellationToken);

    /// <summary>The items most like one.</summary>
    /// <exception cref="RequestException">The item is unknown.</exception>
    ValueTask<RecommendationResponse> SimilarAsync(string itemId, int count, CancellationToken cancellationToken);

    /// <summary>Whether an item is known, available or not; from memory, as it is asked for every event.</summary>
    bool HasItem(string itemId);

    /// <summary>Makes what changed in the catalogue, schema included, count for the next request.</summary>
    /// <remarks>Called after each change and before its answer, perhaps by several requests at once.</remarks>
    ValueTask CatalogueChangedAsync(CancellationToken cancellationToken);
}
