using Microsoft.AspNetCore.Http;
using Siskin.Data.Events;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Route <c>/v1/events</c>.</summary>
internal sealed class EventEndpoints(ApiServices services)
{
    private const int MaxUnknownItems = 20;

    public void Map(ApiRoutes routes) => routes.Map(HttpMethods.Post, "/v1/events", PostAsync);

    private async Task PostAsync(HttpContext http)
    {
        var schema = await services.Schema.GetAsync(http.RequestAborted).ConfigureAwait(false);
        List<Event> events;
        using (var body = await RequestBody.ReadAsync(http, services.Options.MaxBodyBytes, allowsLines: true, allowsPatch: false).ConfigureAwait(false))
        {
            var errors = new FieldErrors();
            var reader = new EventReader(schema, services.Time.GetUtcNow());
            events = JsonBody.ReadMany(body.Bytes, body.IsLines, "events", services.Options.MaxBatch, errors, reader.Read);
            errors.ThrowIfAny();
        }

        var result = await services.Events.AppendAsync(events, http.RequestAborted).ConfigureAwait(false);
        services.Metrics.EventsAccepted.Add(result.Accepted);
        services.Metrics.EventsDuplicate.Add(result.Duplicates);
        var answer = new EventsStored(result.Accepted, result.Duplicates, UnknownItems(events));
        await Answers.JsonAsync(http, answer, ApiJson.Answers.EventsStored).ConfigureAwait(false);
    }

    private List<string>? UnknownItems(List<Event> events)
    {
        List<string>? unknown = null;
        foreach (var e in events)
        {
            if (!services.Engine.HasItem(e.Item) && unknown?.Contains(e.Item) != true)
            {
                (unknown ??= []).Add(e.Item);
                if (unknown.Count == MaxUnknownItems)
                {
                    break;
                }
            }
        }

        return unknown;
    }
}
