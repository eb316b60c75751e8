using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Siskin.Data;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Server.Console;

/// <summary>Gathers what the page shows.</summary>
internal sealed class ConsoleReader(SnapshotHolder snapshots, Recommender recommender, ICatalogue catalogue, TimeProvider time)
{
    private const int SuggestedUsers = 20;

    /// <summary>Answers the page's request with its trace.</summary>
    /// <param name="state">What is asked for.</param>
    /// <param name="request">The browser's request: where this server is reached.</param>
    /// <param name="error">What went wrong before, if anything.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ConsoleView> ReadAsync(ConsoleState state, HttpRequest request, string? error, CancellationToken cancellationToken)
    {
        var errors = new List<ValidationError>();
        if (state.User is not null)
        {
            CatalogueValidator.CheckId(state.User, "user", errors);
        }

        error ??= errors is [var first, ..] ? $"{first.Field} {first.Message}" : null;
        var user = state.User ?? "visitor-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6);
        var (scene, sceneError) = FindScene(state);
        error ??= sceneError;
        RecommendationResponse? response = null;
        if (error is null)
        {
            try
            {
                response = await recommender.RecommendAsync(
                    new RecommendationRequest { Scene = scene.Name, User = user, Item = state.Item, Parameters = state.Parameters, Explain = true },
                    cancellationToken);
            }
            catch (RequestException e)
            {
                error = $"{e.Field} {e.Message}";
            }
        }

        var snapshot = snapshots.Current;
        var path = request.PathBase.Add(request.Path).ToUriComponent().TrimEnd('/');
        return new ConsoleView
        {
            State = state,
            User = user,
            KnownUser = errors.Count == 0 ? await catalogue.GetUserAsync(user, cancellationToken) : null,
            History = snapshot.HistoryOf(user, int.MaxValue),
            Response = response,
            Error = error,
            Snapshot = snapshot,
            Scenes = recommender.Scenes,
            Scene = scene,
            Like = EventValidator.FindType(snapshot.Schema, "like") ?? snapshot.Schema.EventTypes.FirstOrDefault(t => t.Weight > 0 && t.IsConsumption),
            Dislike = snapshot.Schema.EventTypes.FirstOrDefault(t => t.Weight < 0),
            SomeUsers = snapshot.FindUsers(string.Empty, SuggestedUsers),
            Now = time.GetUtcNow(),
            UsersPath = path + "/console/users",
            Origin = $"{request.Scheme}://{request.Host.ToUriComponent()}{path}",
        };
    }

    /// <summary>Users whose id starts with what was typed.</summary>
    public IReadOnlyList<string> FindUsers(string prefix) => snapshots.Current.FindUsers(prefix, SuggestedUsers);

    /// <summary>Any user; null when none is known.</summary>
    public string? RandomUser() => snapshots.Current.RandomUser(Random.Shared);

    private (Scene Scene, string? Error) FindScene(ConsoleState state)
    {
        var scene = recommender.Scenes.Scenes.FirstOrDefault(s => s.Name == "home") ?? recommender.Scenes.Scenes[0];
        try
        {
            scene = recommender.Scenes.Get(state.Scene);
            return (scene.With(state.Parameters), null);
        }
        catch (RequestException e)
        {
            return (scene, $"{e.Field} {e.Message}");
        }
    }
}
