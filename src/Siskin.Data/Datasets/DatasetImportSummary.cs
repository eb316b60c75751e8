namespace Siskin.Data.Datasets;

/// <summary>What became of an import.</summary>
/// <param name="Items">Items written: new ones, and described ones that the catalogue had before.</param>
/// <param name="Users">Users written: new ones, and those that the catalogue had before.</param>
/// <param name="EventsAccepted">Events that are in the log now because of this import.</param>
/// <param name="EventDuplicates">Events that the log already had.</param>
/// <param name="BadRows">Rows of all kinds that could not be used.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record DatasetImportSummary(
    long Items, long Users, long EventsAccepted, long EventDuplicates, long BadRows, TimeSpan Elapsed);
