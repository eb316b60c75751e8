using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Server.Console;

/// <summary>Everything that one rendering of the page shows.</summary>
internal sealed record ConsoleView
{
    public required ConsoleState State { get; init; }

    /// <summary>Whose list it is; an id made up for a visitor who has just come.</summary>
    public required string User { get; init; }

    /// <summary>The user as the catalogue has it, if it does.</summary>
    public User? KnownUser { get; init; }

    public required IReadOnlyList<HistoryEntry> History { get; init; }

    /// <summary>The answer; null when the request was refused.</summary>
    public RecommendationResponse? Response { get; init; }

    /// <summary>What is wrong with the request.</summary>
    public string? Error { get; init; }

    public required ServingSnapshot Snapshot { get; init; }

    public required SceneBook Scenes { get; init; }

    /// <summary>The scene in force, with the address's parameters where they are allowed.</summary>
    public required Scene Scene { get; init; }

    /// <summary>The event that the main button sends; null when the schema has none that would do.</summary>
    public EventTypeDefinition? Like { get; init; }

    /// <summary>The event that speaks against an item, if the schema has one.</summary>
    public EventTypeDefinition? Dislike { get; init; }

    /// <summary>First suggestions of the search box.</summary>
    public required IReadOnlyList<string> SomeUsers { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Where the search box finds users, as a path.</summary>
    public required string UsersPath { get; init; }

    /// <summary>Where this server is reached, for examples: scheme, host and path.</summary>
    public required string Origin { get; init; }

    public bool HasRelease => Snapshot.Release.Manifest.Number > 0;

    public bool HasItems => Snapshot.ItemCount > 0;

    /// <summary>Whether nobody was chosen: the list is that of a visitor who has just come.</summary>
    public bool IsNewVisitor => State.User is null;

    /// <summary>The newest entry of the history, when it is the item just acted on.</summary>
    public HistoryEntry? JustActed => State.Acted is { } acted && History is [var newest, ..] && newest.Item.Id == acted ? newest : null;

    /// <summary>An item's title, or its id where it has none.</summary>
    public string TitleOf(string item) => Snapshot.FindItem(item)?.Title is { Length: > 0 } title ? title : item;

    public IReadOnlyList<string> TagsOf(string item) => Snapshot.FindItem(item)?.Tags ?? [];
}
