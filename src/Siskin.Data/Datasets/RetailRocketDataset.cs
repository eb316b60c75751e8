using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>The behaviour of a shop's visitors in three files: views, carts, purchases.</summary>
/// <remarks>
/// <c>visitorid itemid event</c> with a header, the last column always 1. The files carry no times: all views come first,
/// then all carts, then all purchases, each in the order of its rows. A file that is missing is left out.
/// </remarks>
internal sealed class RetailRocketDataset(string folder) : FileDatasetSource("retailrocket", CatalogueSchema.Default)
{
    internal static readonly (string File, string Type)[] Parts =
    [
        ("view_ecommerce.dat", "view"),
        ("add_to_cart_ecommerce.dat", "cart"),
        ("purchase_ecommerce.dat", "purchase"),
    ];

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        kind == DatasetKind.Events ? Parts.Select(part => Path.Combine(folder, part.File)) : [];

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var row = 0L;
        foreach (var (file, type) in Parts)
        {
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                continue;
            }

            await using var reader = new DelimitedRecordReader(path, "\t", 3, context);
            await reader.ExpectHeaderAsync(["visitorid", "itemid", "event"], cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return EventRow(path, reader.Line, type, reader.Fields[0], reader.Fields[1], DatasetTime.OfRow(row++));
            }
        }
    }
}
