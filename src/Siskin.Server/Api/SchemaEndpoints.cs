using Microsoft.AspNetCore.Http;
using Siskin.Data.Catalogue;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Route <c>/v1/schema</c>.</summary>
internal sealed class SchemaEndpoints(ApiServices services)
{
    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Get, "/v1/schema", GetAsync);
        routes.Map(HttpMethods.Put, "/v1/schema", PutAsync);
    }

    private async Task GetAsync(HttpContext http)
    {
        var schema = await services.Catalogue.GetSchemaAsync(http.RequestAborted).ConfigureAwait(false);
        await Answers.JsonAsync(http, schema, SchemaJson.Write).ConfigureAwait(false);
    }

    private async Task PutAsync(HttpContext http)
    {
        CatalogueSchema schema;
        using (var body = await RequestBody.ReadAsync(http, services.Options.MaxBodyBytes, allowsLines: false, allowsPatch: false).ConfigureAwait(false))
        {
            var errors = new FieldErrors();
            schema = JsonBody.ReadOne<CatalogueSchema>(body.Bytes, errors, SchemaJson.Read);
            CatalogueValidator.Check(schema, errors);
            errors.ThrowIfAny();
        }

        await services.Schema.SetAsync(schema, CancellationToken.None).ConfigureAwait(false);
        await services.Engine.CatalogueChangedAsync(CancellationToken.None).ConfigureAwait(false);
        await Answers.JsonAsync(http, schema, SchemaJson.Write).ConfigureAwait(false);
    }
}
