using System.Runtime.CompilerServices;
using System.Text;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>MovieLens 1M as its makers publish it: <c>movies.dat</c>, <c>users.dat</c>, <c>ratings.dat</c>.</summary>
/// <remarks>
/// Columns between <c>::</c>, in Latin-1. The year stands at the end of the title and becomes the attribute
/// <c>release_year</c>; ages and occupations are the codes of the files. Harper and Konstan 2015.
/// </remarks>
internal sealed class MovieLens1MDataset(string folder) : FileDatasetSource("movielens-1m", MovieLensSchema)
{
    internal const string Separator = "::";

    /// <summary>Attributes of the items and users of MovieLens 1M.</summary>
    internal static readonly CatalogueSchema MovieLensSchema = CatalogueSchema.Default with
    {
        ItemAttributes = [new() { Name = "release_year", Type = AttributeType.Numeric, IsFeature = true, IsFilterable = true }],
        UserAttributes =
        [
            new() { Name = "gender", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
            new() { Name = "age", Type = AttributeType.Numeric, IsFeature = true, IsFilterable = true },
            new() { Name = "occupation", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
            new() { Name = "zip_code", Type = AttributeType.Categorical, IsFilterable = true },
        ],
    };

    private readonly string _movies = Path.Combine(folder, "movies.dat");
    private readonly string _users = Path.Combine(folder, "users.dat");
    private readonly string _ratings = Path.Combine(folder, "ratings.dat");

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        [kind == DatasetKind.Items ? _movies : kind == DatasetKind.Users ? _users : _ratings];

    protected override IAsyncEnumerable<DatasetRow<Item>> ItemRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        ReadMoviesAsync(_movies, context, cancellationToken);

    protected override IAsyncEnumerable<DatasetRow<User>> UserRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        ReadUsersAsync(_users, context, cancellationToken);

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new DelimitedRecordReader(_ratings, Separator, 4, context, Encoding.Latin1);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.TryNumber(2, "the rating", out var rating) && reader.TrySeconds(3, "the time", out var time))
            {
                yield return EventRow(reader.Path, reader.Line, "rating", reader.Fields[0], reader.Fields[1], time, rating);
            }
        }
    }

    /// <summary>Rows of a <c>movies.dat</c>.</summary>
    internal static async IAsyncEnumerable<DatasetRow<Item>> ReadMoviesAsync(
        string path, DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new DelimitedRecordReader(path, Separator, 3, context, Encoding.Latin1);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new(Movie(reader.Fields), path, reader.Line);
        }
    }

    /// <summary>Rows of a <c>users.dat</c>.</summary>
    internal static async IAsyncEnumerable<DatasetRow<User>> ReadUsersAsync(
        string path, DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new DelimitedRecordReader(path, Separator, 5, context, Encoding.Latin1);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!reader.TryNumber(2, "the age", out var age))
            {
                continue;
            }

            var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal)
            {
                ["gender"] = AttributeValue.Of(reader.Fields[1]),
                ["age"] = AttributeValue.Of(age),
                ["occupation"] = AttributeValue.Of(reader.Fields[3]),
                ["zip_code"] = AttributeValue.Of(reader.Fields[4]),
            };
            yield return new(new User { Id = reader.Fields[0], Attributes = attributes }, path, reader.Line);
        }
    }

    /// <summary>An item of three columns: id, title with year, genres.</summary>
    internal static Item Movie(IReadOnlyList<string> fields) => new()
    {
        Id = fields[0],
        Title = fields[1],
        Tags = MovieLensText.Genres(fields[2]),
        Attributes = MovieLensText.Year(fields[1]) is { } year
            ? new Dictionary<string, AttributeValue>(StringComparer.Ordinal) { ["release_year"] = AttributeValue.Of(year) }
            : AttributeValue.None,
    };
}
