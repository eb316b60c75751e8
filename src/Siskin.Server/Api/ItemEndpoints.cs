using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Siskin.Data.Catalogue;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Routes below <c>/v1/items</c>.</summary>
internal sealed class ItemEndpoints(ApiServices services) : CatalogueEndpoints<Item>(services, "items")
{
    private const int DefaultSimilar = 10;

    public override void Map(ApiRoutes routes)
    {
        base.Map(routes);
        routes.Map(HttpMethods.Get, "/v1/items/{id}/similar", SimilarAsync);
    }

    protected override Item Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors) => ItemJson.Read(ref reader, path, errors);

    protected override void Write(Utf8JsonWriter writer, Item value) => ItemJson.Write(writer, value);

    protected override string IdOf(Item value) => value.Id;

    protected override Item WithId(Item value, string id) => value with { Id = id };

    protected override void Check(Item value, CatalogueSchema schema, string path, FieldErrors errors) =>
        CatalogueValidator.Check(value, schema, path, errors);

    protected override ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertAsync(IReadOnlyList<Item> values, CancellationToken cancellationToken) =>
        Services.Catalogue.UpsertItemsAsync(values, cancellationToken);

    protected override ValueTask<Item?> FindAsync(string id, CancellationToken cancellationToken) =>
        Services.Catalogue.GetItemAsync(id, cancellationToken);

    protected override ValueTask<CatalogueChange<Item>?> UpdateAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken) =>
        Services.Catalogue.UpdateItemAsync(id, change, cancellationToken);

    protected override ValueTask<CatalogueChange<Item>?> RemoveAsync(string id, CancellationToken cancellationToken) =>
        Services.Catalogue.DeleteItemAsync(id, cancellationToken);

    protected override ValueTask<CataloguePage<Item>> PageAsync(string? cursor, int limit, CancellationToken cancellationToken) =>
        Services.Catalogue.ListItemsAsync(cursor, limit, cancellationToken);

    protected override void Count(int stored) => Services.Metrics.ItemsStored.Add(stored);

    private async Task SimilarAsync(HttpContext http)
    {
        var id = RouteId.Read(http, behind: 1);
        var errors = new FieldErrors();
        var query = new Query(http.Request, errors);
        var count = query.Integer("count", 1, RecommendEndpoints.MaxCount) ?? DefaultSimilar;
        query.RefuseOthers("it has count");
        errors.ThrowIfAny();
        RecommendEndpoints.RequireReady(Services);
        var similar = await Services.Engine.SimilarAsync(id, count, http.RequestAborted).ConfigureAwait(false);
        await RecommendEndpoints.AnswerAsync(http, Services, similar).ConfigureAwait(false);
    }
}
