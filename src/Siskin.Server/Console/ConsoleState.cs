using Microsoft.AspNetCore.Http;

namespace Siskin.Server.Console;

/// <summary>What the page shows, as its address says it.</summary>
internal sealed record ConsoleState
{
    /// <summary>The parameters that the page lets one change: the name in the address, then the scene's.</summary>
    public static IReadOnlyList<(string Name, string Parameter)> Adjustable { get; } =
    [
        ("count", "count"),
        ("diversity", "reRank.diversity"),
        ("freshness", "reRank.freshnessBoost"),
        ("rank", "rank.model"),
    ];

    /// <summary>Whose page it is; null for a visitor who has just come.</summary>
    public string? User { get; init; }

    public string Scene { get; init; } = "home";

    /// <summary>The item being looked at, if any.</summary>
    public string? Item { get; init; }

    /// <summary>Changed parameters of the scene, by the scene's names.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The item that the user has just acted on.</summary>
    public string? Acted { get; init; }

    public static ConsoleState Read(IQueryCollection query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, parameter) in Adjustable)
        {
            if (Text(query, name) is { } value)
            {
                parameters[parameter] = value;
            }
        }

        return new ConsoleState
        {
            User = Text(query, "user"),
            Scene = Text(query, "scene") ?? "home",
            Item = Text(query, "item"),
            Parameters = parameters,
            Acted = Text(query, "acted"),
        };
    }

    /// <summary>The query that leads back here, such as <c>?user=u1&amp;scene=home</c>.</summary>
    public string ToQuery()
    {
        var query = QueryString.Empty;
        Add("user", User);
        Add("scene", Scene);
        Add("item", Item);
        foreach (var (name, parameter) in Adjustable)
        {
            Add(name, Parameters.GetValueOrDefault(parameter));
        }

        Add("acted", Acted);
        return query.ToUriComponent();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query = query.Add(name, value);
            }
        }
    }

    private static string? Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;
}
