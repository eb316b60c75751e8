using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Siskin.Data.Catalogue;
using Siskin.Server.Api.Json;
using Siskin.Serving.Pipeline;

namespace Siskin.Server.Api;

/// <summary>Route <c>/v1/recommend/{scene}</c>.</summary>
internal sealed class RecommendEndpoints(ApiServices services)
{
    /// <summary>Most items of one list.</summary>
    public const int MaxCount = 1_000;

    private const string Pattern = "/v1/recommend/{scene}";

    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Get, Pattern, GetAsync);
        routes.Map(HttpMethods.Post, Pattern, PostAsync);
    }

    /// <summary>Writes an answer of the pipeline and counts what was left out.</summary>
    public static Task AnswerAsync(HttpContext http, ApiServices services, RecommendationResponse response)
    {
        services.Metrics.Observe(response);
        http.Response.Headers["X-Siskin-Request-Id"] = response.RequestId;
        http.Response.Headers["Server-Timing"] = Timing(response);
        http.Response.Headers.CacheControl = "no-store";
        return Answers.JsonAsync(http, response, ApiJson.Answers.RecommendationResponse);
    }

    /// <summary>Refuses while the server has not caught up: it would answer as if what is stored were not.</summary>
    /// <exception cref="ProblemException">The server is not ready.</exception>
    public static void RequireReady(ApiServices services)
    {
        if (!services.Engine.IsReady)
        {
            throw new ProblemException(Problem.NotReady());
        }
    }

    private static string Scene(HttpContext http) => (string)http.Request.RouteValues["scene"]!;

    private async Task GetAsync(HttpContext http)
    {
        var errors = new FieldErrors();
        var request = FromQuery(http.Request, Scene(http), errors);
        Check(request, errors);
        errors.ThrowIfAny();
        RequireReady(services);
        await AnswerAsync(http, services, await services.Engine.RecommendAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task PostAsync(HttpContext http)
    {
        RecommendationRequest request;
        using (var body = await RequestBody.ReadAsync(http, services.Options.MaxBodyBytes, allowsLines: false, allowsPatch: false).ConfigureAwait(false))
        {
            var errors = new FieldErrors();
            request = JsonBody.ReadOne<RecommendationRequest>(body.Bytes, errors, new RecommendReader(Scene(http)).Read);
            var query = new Query(http.Request, errors);
            query.RefuseOthers("with POST everything stands in the body");
            Check(request, errors);
            errors.ThrowIfAny();
        }

        RequireReady(services);
        await AnswerAsync(http, services, await services.Engine.RecommendAsync(request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static RecommendationRequest FromQuery(HttpRequest http, string scene, FieldErrors errors)
    {
        var query = new Query(http, errors);
        var recent = query.List("recent", RecommendReader.MaxListLength);
        var filter = new RequestFilter
        {
            AnyTags = query.List("anyTag", RecommendReader.MaxListLength),
            AllTags = query.List("allTag", RecommendReader.MaxListLength),
            NoTags = query.List("noTag", RecommendReader.MaxListLength),
            MinPrice = query.Number("minPrice"),
            MaxPrice = query.Number("maxPrice"),
        };

        var hasFilter = filter.AnyTags.Count > 0 || filter.AllTags.Count > 0 || filter.NoTags.Count > 0
            || filter.MinPrice is not null || filter.MaxPrice is not null;
        var request = new RecommendationRequest
        {
            Scene = scene,
            User = query.Text("user"),
            Item = query.Text("item"),
            Count = query.Integer("count", 1, MaxCount),
            RecentItems = recent.Count == 0 ? recent : [.. recent.SelectMany(r => r.Split(','))],
            Filter = hasFilter ? filter : null,
            Context = query.Map("context."),
            Parameters = query.Map("param."),
            Explain = query.Switch("explain"),
        };

        query.RefuseOthers("it has user, item, count, recent, anyTag, allTag, noTag, minPrice, maxPrice, context.NAME, param.NAME and explain");
        return request;
    }

    /// <summary>Checks what does not need the pipeline.</summary>
    private static void Check(RecommendationRequest request, FieldErrors errors)
    {
        if (request.Count is < 1 or > MaxCount)
        {
            errors.Add("count", string.Create(CultureInfo.InvariantCulture, $"is {request.Count}; 1 to {MaxCount} is allowed"));
        }

        if (request.User is not null)
        {
            CatalogueValidator.CheckId(request.User, "user", errors);
        }

        if (request.Item is not null)
        {
            CatalogueValidator.CheckId(request.Item, "item", errors);
        }

        CheckIds(request.RecentItems, "recentItems", errors);
        if (request.RecentItems.Count > RecommendReader.MaxListLength)
        {
            errors.Add("recentItems", $"has {request.RecentItems.Count:N0} entries; at most {RecommendReader.MaxListLength:N0} are allowed");
        }

        CheckSettings(request.Context, "context", errors);
        CheckSettings(request.Parameters, "parameters", errors);
        if (request.Filter is not { } filter)
        {
            return;
        }

        CheckIds(filter.AnyTags, "filter.anyTags", errors);
        CheckIds(filter.AllTags, "filter.allTags", errors);
        CheckIds(filter.NoTags, "filter.noTags", errors);
        CheckIds(filter.OnlyItems ?? [], "filter.onlyItems", errors);
        CheckIds(filter.NoItems, "filter.noItems", errors);
        CheckPrice(filter.MinPrice, "filter.minPrice", errors);
        CheckPrice(filter.MaxPrice, "filter.maxPrice", errors);
        if (filter.MinPrice > filter.MaxPrice)
        {
            errors.Add("filter.minPrice", "is above filter.maxPrice");
        }
    }

    // Tags obey the rules of ids: 1 to 256 characters, none of them a control character.
    private static void CheckIds(IReadOnlyList<string> ids, string field, FieldErrors errors)
    {
        for (var i = 0; i < ids.Count && !errors.IsFull; i++)
        {
            CatalogueValidator.CheckId(ids[i], $"{field}[{i}]", errors);
        }
    }

    private static void CheckSettings(IReadOnlyDictionary<string, string> settings, string field, FieldErrors errors)
    {
        if (settings.Count > RecommendReader.MaxSettings)
        {
            errors.Add(field, $"has {settings.Count:N0} entries; at most {RecommendReader.MaxSettings} are allowed");
        }
    }

    private static void CheckPrice(double? price, string field, FieldErrors errors)
    {
        if (price is < 0)
        {
            errors.Add(field, "must not be negative");
        }
    }

    private static string Timing(RecommendationResponse response)
    {
        if (response.Trace is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"total;dur={response.Milliseconds:0.###}");
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"total;dur={response.Milliseconds:0.###}");
        foreach (var stage in response.Trace.Stages)
        {
            text.Append(CultureInfo.InvariantCulture, $", {stage.Name};dur={stage.Milliseconds:0.###}");
        }

        return text.ToString();
    }
}
