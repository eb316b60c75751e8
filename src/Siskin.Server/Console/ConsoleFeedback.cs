using System.Globalization;
using Microsoft.AspNetCore.Http;
using Siskin.Data;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Serving.Snapshot;

namespace Siskin.Server.Console;

/// <summary>Turns a press on one of the page's buttons into an event.</summary>
internal sealed class ConsoleFeedback(SnapshotHolder snapshots, IEventLog log, TimeProvider time)
{
    /// <summary>Appends the event that a form describes.</summary>
    /// <param name="form">user, item, type and request.</param>
    /// <param name="scene">Where the item was shown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is wrong with the form, or null when the event is in the log.</returns>
    public async Task<string?> AppendAsync(IFormCollection form, string scene, CancellationToken cancellationToken)
    {
        var snapshot = snapshots.Current;
        var (item, type, request) = (Text(form, "item"), Text(form, "type"), Text(form, "request"));
        var e = new Event
        {
            // The same button of the same list sends the same id, so that pressing it twice counts once.
            Id = string.Create(CultureInfo.InvariantCulture, $"console-{request}-{type}-{ItemKey.Of(item):x16}"),
            Type = type,
            User = Text(form, "user"),
            Item = item,
            Time = time.GetUtcNow(),
            Request = request,
            Scene = scene,
        };
        var errors = new List<ValidationError>();
        EventValidator.Check(e, snapshot.Schema, string.Empty, errors);
        if (errors is [var first, ..])
        {
            return $"{first.Field} {first.Message}";
        }

        if (snapshot.FindItem(item) is null)
        {
            return $"item there is no item '{item}'";
        }

        await log.AppendAsync([e], cancellationToken);
        return null;
    }

    private static string Text(IFormCollection form, string name) => form.TryGetValue(name, out var values) ? values.ToString() : string.Empty;
}
