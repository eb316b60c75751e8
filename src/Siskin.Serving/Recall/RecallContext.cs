using Siskin.Serving.Candidates;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Recall;

/// <summary>A request and what is known of its user: what recall channels work from.</summary>
/// <remarks>Not written to while channels read it; not used again while a late channel may still read it.</remarks>
public sealed class RecallContext
{
    internal RecallContext()
    {
    }

    /// <summary>The request.</summary>
    public RecommendationRequest Request { get; private set; } = null!;

    /// <summary>The snapshot that the whole request is answered from.</summary>
    public ServingSnapshot Snapshot { get; private set; } = null!;

    /// <summary>The scene with the request's overrides.</summary>
    public Scene Scene { get; private set; } = null!;

    /// <summary>Ids of the items that the user took to, oldest first: the newest ones, as many as the scene says.</summary>
    /// <remarks>Made at every call; channels inside this library use rows.</remarks>
    public IReadOnlyList<string> RecentItems
    {
        get
        {
            var ids = new string[User.RecentRows.Length];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = Snapshot.Items[User.RecentRows[i]].Item.Id;
            }

            return ids;
        }
    }

    /// <summary>The models that the request may be ranked by; held until its end.</summary>
    internal ModelBindings Models { get; private set; } = null!;

    /// <summary>The model of the registry that ranked; null when none did.</summary>
    internal BoundModel? RankedBy { get; set; }

    internal SceneParameterSet Parameters { get; private set; } = null!;

    internal UserState User { get; } = new();

    internal CandidateFilter Filter { get; private set; } = null!;

    /// <summary>Row of the item that the request is about; −1 for none.</summary>
    internal int ItemRow { get; private set; }

    /// <summary>The blend that fits the user: with or without history; null when the release has none.</summary>
    internal BlendModel? Blend => User.RecentRows.Length > 0 ? Snapshot.Release.Blend : Snapshot.Release.ColdBlend;

    internal CandidateBuffer Candidates { get; } = new();

    /// <param name="request">The request.</param>
    /// <param name="snapshot">In force now.</param>
    /// <param name="models">The snapshot's, held by the caller.</param>
    /// <param name="parameters">Of scenes.</param>
    /// <param name="scene">With the request's overrides.</param>
    internal void Begin(RecommendationRequest request, ServingSnapshot snapshot, ModelBindings models, SceneParameterSet parameters, Scene scene)
    {
        Request = request;
        Snapshot = snapshot;
        Models = models;
        RankedBy = null;
        Parameters = parameters;
        Scene = scene;
        ItemRow = -1;
        if (request.Item is { } item)
        {
            ItemRow = snapshot.Items.TryGetRow(item, out var row)
                ? row
                : throw new RequestException("item", $"there is no item '{item}'", isNotFound: true);
        }

        User.Load(snapshot, request, parameters, scene);
        Filter = new CandidateFilter(request.Filter, ItemRow, snapshot.Items, User.Seen, snapshot.Schema);
    }

    internal void End()
    {
        Request = null!;
        Snapshot = null!;
        Models = null!;
        RankedBy = null;
        Scene = null!;
        Filter = null!;
    }
}
