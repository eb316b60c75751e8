using Siskin.Data.Catalogue;

namespace Siskin.Server.Api;

/// <summary>The catalogue's schema without a read of the store per request.</summary>
/// <remarks>A change made here counts at once, one made through another server within a second.</remarks>
internal sealed class SchemaCache(ICatalogue catalogue, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private Entry? _entry;

    /// <summary>The schema.</summary>
    public ValueTask<CatalogueSchema> GetAsync(CancellationToken cancellationToken)
    {
        var entry = Volatile.Read(ref _entry);
        return entry is not null && time.GetElapsedTime(entry.ReadAt) < Lifetime
            ? new(entry.Schema)
            : ReadAsync(cancellationToken);
    }

    /// <summary>Replaces the schema, in the store first.</summary>
    public async ValueTask SetAsync(CatalogueSchema schema, CancellationToken cancellationToken)
    {
        await catalogue.SetSchemaAsync(schema, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _entry, new Entry(schema, time.GetTimestamp()));
    }

    private async ValueTask<CatalogueSchema> ReadAsync(CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref _entry);
        var at = time.GetTimestamp();
        var schema = await catalogue.GetSchemaAsync(cancellationToken).ConfigureAwait(false);

        // A schema that was set while this read was under way is newer than what was read.
        Interlocked.CompareExchange(ref _entry, new Entry(schema, at), before);
        return schema;
    }

    private sealed record Entry(CatalogueSchema Schema, long ReadAt);
}
