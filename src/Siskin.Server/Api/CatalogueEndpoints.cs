using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Siskin.Data.Catalogue;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>The routes that items and users have alike.</summary>
/// <typeparam name="T">Item or user.</typeparam>
internal abstract class CatalogueEndpoints<T>(ApiServices services, string plural)
    where T : class
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    /// <summary>What endpoints work with.</summary>
    protected ApiServices Services { get; } = services;

    /// <summary>Maps the routes.</summary>
    public virtual void Map(ApiRoutes routes)
    {
        var one = $"/v1/{plural}/{{id}}";
        routes.Map(HttpMethods.Post, $"/v1/{plural}", PostAsync);
        routes.Map(HttpMethods.Get, $"/v1/{plural}", ListAsync);
        routes.Map(HttpMethods.Get, one, GetAsync);
        routes.Map(HttpMethods.Put, one, PutAsync);
        routes.Map(HttpMethods.Patch, one, PatchAsync);
        routes.Map(HttpMethods.Delete, one, DeleteAsync);
    }

    protected abstract T Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors);

    protected abstract void Write(Utf8JsonWriter writer, T value);

    protected abstract string IdOf(T value);

    protected abstract T WithId(T value, string id);

    protected abstract void Check(T value, CatalogueSchema schema, string path, FieldErrors errors);

    protected abstract ValueTask<IReadOnlyList<CatalogueChange<T>>> UpsertAsync(IReadOnlyList<T> values, CancellationToken cancellationToken);

    protected abstract ValueTask<T?> FindAsync(string id, CancellationToken cancellationToken);

    protected abstract ValueTask<CatalogueChange<T>?> UpdateAsync(string id, Func<T, T> change, CancellationToken cancellationToken);

    protected abstract ValueTask<CatalogueChange<T>?> RemoveAsync(string id, CancellationToken cancellationToken);

    protected abstract ValueTask<CataloguePage<T>> PageAsync(string? cursor, int limit, CancellationToken cancellationToken);

    protected abstract void Count(int stored);

    private Problem Unknown(string id) =>
        Problem.NotFound("id", $"'{id}' is not the id of one of the {plural}");

    private async Task PostAsync(HttpContext http)
    {
        var schema = await Services.Schema.GetAsync(http.RequestAborted).ConfigureAwait(false);
        List<T> values;
        using (var body = await RequestBody.ReadAsync(http, Services.Options.MaxBodyBytes, allowsLines: true, allowsPatch: false).ConfigureAwait(false))
        {
            var errors = new FieldErrors();
            values = JsonBody.ReadMany(body.Bytes, body.IsLines, plural, Services.Options.MaxBatch, errors, (ref reader, path, found) =>
            {
                var value = Read(ref reader, path, found);
                Check(value, schema, path.Prefix, found);
                return value;
            });
            errors.ThrowIfAny();
        }

        await StoreAsync(values).ConfigureAwait(false);
        await Answers.JsonAsync(http, new EntitiesStored(values.Count), ApiJson.Answers.EntitiesStored).ConfigureAwait(false);
    }

    private async Task PutAsync(HttpContext http)
    {
        var id = RouteId.Read(http);
        var schema = await Services.Schema.GetAsync(http.RequestAborted).ConfigureAwait(false);
        T value;
        using (var body = await RequestBody.ReadAsync(http, Services.Options.MaxBodyBytes, allowsLines: false, allowsPatch: false).ConfigureAwait(false))
        {
            var errors = new FieldErrors();
            value = JsonBody.ReadOne<T>(body.Bytes, errors, Read);
            value = Named(value, id, errors);
            Check(value, schema, string.Empty, errors);
            errors.ThrowIfAny();
        }

        await StoreAsync([value]).ConfigureAwait(false);
        await Answers.JsonAsync(http, value, (writer, stored) => Write(writer, stored)).ConfigureAwait(false);
    }

    private async Task PatchAsync(HttpContext http)
    {
        var id = RouteId.Read(http);
        var schema = await Services.Schema.GetAsync(http.RequestAborted).ConfigureAwait(false);
        JsonDocument patch;
        using (var body = await RequestBody.ReadAsync(http, Services.Options.MaxBodyBytes, allowsLines: false, allowsPatch: true).ConfigureAwait(false))
        {
            patch = MergePatch.Parse(body.Bytes);
        }

        using (patch)
        {
            var change = await UpdateAsync(id, value => Patched(value, patch.RootElement, id, schema), CancellationToken.None).ConfigureAwait(false)
                ?? throw new ProblemException(Unknown(id));
            await AppliedAsync().ConfigureAwait(false);
            Count(1);
            await Answers.JsonAsync(http, change.Value!, (writer, stored) => Write(writer, stored)).ConfigureAwait(false);
        }
    }

    private T Patched(T value, JsonElement patch, string id, CatalogueSchema schema)
    {
        var merged = MergePatch.Apply(writer => Write(writer, value), patch);
        var errors = new FieldErrors();
        var result = Named(JsonBody.ReadOne<T>(merged, errors, Read), id, errors);
        Check(result, schema, string.Empty, errors);
        errors.ThrowIfAny();
        return result;
    }

    private async Task GetAsync(HttpContext http)
    {
        var id = RouteId.Read(http);
        var value = await FindAsync(id, http.RequestAborted).ConfigureAwait(false) ?? throw new ProblemException(Unknown(id));
        await Answers.JsonAsync(http, value, (writer, found) => Write(writer, found)).ConfigureAwait(false);
    }

    private async Task DeleteAsync(HttpContext http)
    {
        var id = RouteId.Read(http);
        if (await RemoveAsync(id, CancellationToken.None).ConfigureAwait(false) is null)
        {
            throw new ProblemException(Unknown(id));
        }

        await AppliedAsync().ConfigureAwait(false);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ListAsync(HttpContext http)
    {
        var errors = new FieldErrors();
        var query = new Query(http.Request, errors);
        var cursor = query.Text("cursor");
        var limit = query.Integer("limit", 1, MaxPage) ?? DefaultPage;
        query.RefuseOthers("it has cursor and limit");
        errors.ThrowIfAny();
        CataloguePage<T> page;
        try
        {
            page = await PageAsync(cursor, limit, http.RequestAborted).ConfigureAwait(false);
        }
        catch (ArgumentException) when (cursor is not null)
        {
            throw new ProblemException(Problem.Invalid("cursor", "did not come from this listing"));
        }

        await Answers.JsonAsync(http, page, WritePage).ConfigureAwait(false);
    }

    private void WritePage(Utf8JsonWriter writer, CataloguePage<T> page)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(plural);
        foreach (var value in page.Values)
        {
            Write(writer, value);
        }

        writer.WriteEndArray();
        if (page.Cursor is not null)
        {
            writer.WriteString("cursor", page.Cursor);
        }

        writer.WriteEndObject();
    }

    // From here on the client may go away: what is stored must also be applied.
    private async ValueTask StoreAsync(IReadOnlyList<T> values)
    {
        if (values.Count > 0)
        {
            await UpsertAsync(values, CancellationToken.None).ConfigureAwait(false);
            await AppliedAsync().ConfigureAwait(false);
            Count(values.Count);
        }
    }

    private ValueTask AppliedAsync() => Services.Engine.CatalogueChangedAsync(CancellationToken.None);

    // The path names the value; a body may repeat the id but not say another.
    private T Named(T value, string id, FieldErrors errors)
    {
        var given = IdOf(value);
        if (given.Length > 0 && given != id)
        {
            errors.Add("id", "differs from the id in the path");
        }

        return WithId(value, id);
    }
}
