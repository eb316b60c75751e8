using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;

namespace Siskin.Cli.Commands;

/// <summary>Writes a data set into a home, showing progress and bad rows.</summary>
internal sealed class ImportRun(CliConsole console, SiskinHome home)
{
    private long _badRows;

    /// <summary>Whether the first bad row ends the import.</summary>
    public bool IsStrict { get; init; }

    /// <summary>How many bad rows are printed; the others are counted.</summary>
    public int MaxErrorsShown { get; init; } = 20;

    /// <summary>Replaces the catalogue's schema before the import; null keeps it.</summary>
    public CatalogueSchema? Schema { get; init; }

    /// <summary>Imports and notes it in the home's description.</summary>
    /// <exception cref="CliException">The home is in use, or a row is bad and the import is strict.</exception>
    public async Task<DatasetImportSummary> RunAsync(IDatasetSource source, string specification, CancellationToken cancellationToken)
    {
        var (catalogue, log) = home.OpenForWriting();
        await using (log.ConfigureAwait(false))
        {
            await using (catalogue.ConfigureAwait(false))
            {
                // Noted first: an import that is interrupted has left something behind, too.
                home.WriteDescription(home.ReadDescription().With(
                    new HomeImport(source.Name, specification, DateTimeOffset.UtcNow, (source as SyntheticWorld)?.Options)));
                if (Schema is not null)
                {
                    await catalogue.SetSchemaAsync(Schema, cancellationToken).ConfigureAwait(false);
                }

                var importer = new DatasetImporter(catalogue, log);
                return await WorkDisplay.RunAsync(console, $"Importing {source.Name} into {home.Directory}", display =>
                    Task.Run(() => ImportAsync(importer, source, display, cancellationToken), cancellationToken)).ConfigureAwait(false);
            }
        }
    }

    private async Task<DatasetImportSummary> ImportAsync(
        DatasetImporter importer, IDatasetSource source, WorkDisplay display, CancellationToken cancellationToken)
    {
        var options = new DatasetImportOptions
        {
            IsStrict = IsStrict,
            OnBadRow = row => Show(row, display),
            OnNote = display.WriteLine,
        };
        try
        {
            var summary = await importer.ImportAsync(source, options, new Forward(display), cancellationToken).ConfigureAwait(false);
            if (_badRows > MaxErrorsShown)
            {
                display.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {_badRows - MaxErrorsShown:N0} more bad rows"));
            }

            return summary;
        }
        catch (DatasetFormatException e) when (IsStrict && _badRows > 0)
        {
            throw new CliException($"stopped at the first bad row: {e.Message}", ExitCodes.Usage, e);
        }
    }

    private void Show(BadRow row, WorkDisplay display)
    {
        // In strict mode the row ends the import and stands in its last message.
        if (Interlocked.Increment(ref _badRows) <= MaxErrorsShown && !IsStrict)
        {
            display.WriteLine(row.ToString());
        }
    }

    private sealed class Forward(WorkDisplay display) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value)
        {
            var left = value.TimeLeft is { TotalSeconds: >= 1 } time ? string.Create(CultureInfo.InvariantCulture, $", {time.TotalSeconds:N0} s left") : string.Empty;
            display.Report(
                string.Create(CultureInfo.InvariantCulture, $"{value.Kind.ToString().ToLowerInvariant()}: {value.Rows:N0} rows, {value.RowsPerSecond:N0} a second{left}"),
                value.FractionDone);
        }
    }
}
