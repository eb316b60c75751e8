using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>MovieLens from 10M's successors on (20M, 25M, latest): <c>movies.csv</c> and <c>ratings.csv</c>.</summary>
/// <remarks>
/// <c>movieId,title,genres</c> and <c>userId,movieId,rating,timestamp</c>, each with a header. There are no users beyond
/// their ids; <c>tags.csv</c>, <c>links.csv</c> and the genome files are not read.
/// </remarks>
internal sealed class MovieLensCsvDataset(string folder) : FileDatasetSource(
    "movielens", MovieLens1MDataset.MovieLensSchema with { UserAttributes = [] })
{
    private readonly string _movies = Path.Combine(folder, "movies.csv");
    private readonly string _ratings = Path.Combine(folder, "ratings.csv");

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        kind == DatasetKind.Items ? [_movies] : kind == DatasetKind.Events ? [_ratings] : [];

    protected override async IAsyncEnumerable<DatasetRow<Item>> ItemRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new CsvRecordReader(_movies, ',', context);
        await reader.ExpectHeaderAsync(["movieId", "title", "genres"], cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new(MovieLens1MDataset.Movie(reader.Fields), _movies, reader.Line);
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new CsvRecordReader(_ratings, ',', context);
        await reader.ExpectHeaderAsync(["userId", "movieId", "rating", "timestamp"], cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.TryNumber(2, "the rating", out var rating) && reader.TrySeconds(3, "the timestamp", out var time))
            {
                yield return EventRow(_ratings, reader.Line, "rating", reader.Fields[0], reader.Fields[1], time, rating);
            }
        }
    }
}
