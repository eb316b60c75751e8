using System.Text;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;

namespace Siskin.Tests.Data.Datasets;

public sealed class DatasetSourceTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Atomic_files_become_items_users_and_ratings()
    {
        _folder.Write("x.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t10\t3\t881250949\n2\t99\t4.5\t891717742\n");
        _folder.Write("x.item", "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\tstudio:token\n"
            + "10\tToy Story\t1995\tAnimation Children's Comedy Comedy\tA\n11\tNo Year\tunknown\tDrama\t\n");
        _folder.Write("x.user", "user_id:token\tage:token\tgender:token\tzip_code:token\n1\t24\tM\t85711\n");
        var source = await DatasetFormats.OpenAsync("movielens-100k:" + _folder.Folder);

        var items = await source.ReadItemsAsync(_folder.Context).ToListAsync();
        Assert.Equal(["10", "11", "99"], items.Select(item => item.Id));
        Assert.Equal("Toy Story (1995)", items[0].Title);
        Assert.Equal(["Animation", "Children's", "Comedy"], items[0].Tags);
        Assert.Equal(1995, items[0].Attributes["release_year"].Number);
        Assert.Equal("A", items[0].Attributes["studio"].Text);
        Assert.Equal("No Year", items[1].Title);
        Assert.Empty(items[1].Attributes);
        Assert.Null(items[2].Title);

        var user = Assert.Single(await source.ReadUsersAsync(_folder.Context).ToListAsync());
        Assert.Equal(24, user.Attributes["age"].Number);
        Assert.Equal("85711", user.Attributes["zip_code"].Text);
        Assert.False(source.Schema.UserAttributes.Single(attribute => attribute.Name == "zip_code").IsFeature);
        Assert.True(source.Schema.ItemAttributes.Single(attribute => attribute.Name == "release_year") is
        { Type: AttributeType.Numeric, IsFeature: true, IsFilterable: true });

        var events = await source.ReadEventsAsync(_folder.Context).ToListAsync();
        Assert.Equal(("rating", "1", "10", 3.0), (events[0].Type, events[0].User, events[0].Item, events[0].Value));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(881250949), events[0].Time);
        Assert.Empty(_folder.BadRows);
    }

    [Theory]
    [InlineData("user_id:token\titem_id:token\n", "user_id:tokens\titem_id:token\n", "user_id:tokens")]
    [InlineData("user_id:token\titem_id:token\n", "user:token\titem_id:token\n", "user_id")]
    [InlineData("user_id:token\titem_id:token\n", "", "header")]
    public async Task Atomic_files_with_a_wrong_header_are_refused(string good, string header, string mentioned)
    {
        _folder.Write("x.inter", good);
        Assert.Empty(await (await DatasetFormats.OpenAsync(_folder.Folder)).ReadEventsAsync(_folder.Context).ToListAsync());
        _folder.Write("x.inter", header);
        var error = await Assert.ThrowsAsync<DatasetFormatException>(() => DatasetFormats.OpenAsync(_folder.Folder));
        Assert.Contains(mentioned, error.Message);
    }

    [Fact]
    public async Task MovieLens_1m_is_latin_1_between_double_colons()
    {
        _folder.Write("movies.dat", "29::City of Lost Children, The (Cité) (1995)::Adventure|Sci-Fi\r\n2::Plain::Drama\r\n", Encoding.Latin1);
        _folder.Write("users.dat", "1::F::1::10::48067\n2::M::old::1::1\n");
        _folder.Write("ratings.dat", "1::29::5::978300760\n1::2::x::978300760\n1::2\n1::7::3::978300761\n");
        var source = await DatasetFormats.OpenAsync("movielens-1m:" + _folder.Folder);

        var items = await source.ReadItemsAsync(_folder.Context).ToListAsync();
        Assert.Equal(["29", "2", "7"], items.Select(item => item.Id));
        Assert.Equal("City of Lost Children, The (Cité) (1995)", items[0].Title);
        Assert.Equal(["Adventure", "Sci-Fi"], items[0].Tags);
        Assert.Equal(1995, items[0].Attributes["release_year"].Number);
        Assert.Empty(items[1].Attributes);
        Assert.Empty(_folder.BadRows);

        Assert.Equal("10", Assert.Single(await source.ReadUsersAsync(_folder.Context).ToListAsync()).Attributes["occupation"].Text);
        Assert.Equal(2, (await source.ReadEventsAsync(_folder.Context).ToListAsync()).Count);
        Assert.Equal(
            ["2: the age is 'old'; a finite number is expected", "2: the rating is 'x'; a finite number is expected", "3: the row has 2 columns; 4 are expected"],
            _folder.Bad());
    }

    [Fact]
    public async Task MovieLens_csv_has_quoted_titles_and_items_without_genres()
    {
        _folder.Write("movies.csv", "movieId,title,genres\r\n11,\"American President, The (1995)\",Comedy|Drama\r\n12,\"The \"\"X\"\" (2001)\",(no genres listed)\r\n");
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,11,4.5,964982703\n1,12,NaN,964982703\n1,12,4,99999999999999\n,12,4,964982703\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);

        var items = await source.ReadItemsAsync(_folder.Context).ToListAsync();
        Assert.Equal(["American President, The (1995)", "The \"X\" (2001)"], items.Select(item => item.Title));
        Assert.Equal(["Comedy", "Drama"], items[0].Tags);
        Assert.Empty(items[1].Tags);
        Assert.Equal(4.5, Assert.Single(await source.ReadEventsAsync(_folder.Context).ToListAsync()).Value);
        Assert.Equal([3L, 4L, 5L], _folder.BadRows.Select(row => row.Line));
        Assert.Contains("'NaN'", _folder.BadRows[0].Reason);
        Assert.Contains("user is required", _folder.BadRows[2].Reason);
    }

    [Fact]
    public async Task Leave_one_out_pairs_get_their_MovieLens_ids()
    {
        _folder.Write("ml.train.pairs.tsv", "0\t0\n0\t1\nx\t1\n1\t9\n");
        _folder.Write("ml.item_map.tsv", "ncf_item\tmovielens_movieId\n0\t1193\n1\t661\n");
        _folder.Write("ml.test.rating", "0\t1\t5\t978824351\n");
        _folder.Write("movies.dat", "661::James (1996)::Drama\n5::Not there::Drama\n1193::Cuckoo (1975)::Drama\n", Encoding.Latin1);
        _folder.Write("users.dat", "1::F::1::10::48067\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);

        Assert.Equal("ml-ncf", source.Name);
        Assert.Equal(["661", "1193"], await source.ReadItemsAsync(_folder.Context).Select(item => item.Id).ToListAsync());
        Assert.Equal("1", Assert.Single(await source.ReadUsersAsync(_folder.Context).ToListAsync()).Id);
        var events = await source.ReadEventsAsync(_folder.Context).ToListAsync();
        Assert.Equal([("1", "1193"), ("1", "661")], events.Select(e => (e.User, e.Item)));
        Assert.Equal(DatasetFormats.UntimedOrigin.AddSeconds(1), events[1].Time);
        Assert.Equal([3L, 4L], _folder.BadRows.Select(row => row.Line));
        var test = Assert.Single(await source.ReadTestEventsAsync(_folder.Context).ToListAsync());
        Assert.Equal(("1", "661", 5.0), (test.User, test.Item, test.Value));
    }

    [Fact]
    public async Task Adjacency_lists_keep_their_order_and_their_test_part_apart()
    {
        _folder.Write("train.txt", "0 5 6\n1\n2 5 7 \n");
        _folder.Write("test.txt", "0 8\n2 6\n");
        var source = await DatasetFormats.OpenAsync("adjacency:" + _folder.Folder);

        var events = await source.ReadEventsAsync(_folder.Context).ToListAsync();
        Assert.Equal([("0", "5"), ("0", "6"), ("2", "5"), ("2", "7")], events.Select(e => (e.User, e.Item)));
        Assert.Equal([0, 1, 2, 3], events.Select(e => (e.Time - DatasetFormats.UntimedOrigin).TotalSeconds));
        Assert.All(events, e => Assert.Equal("view", e.Type));
        Assert.Equal(["5", "6", "7", "8"], await source.ReadItemsAsync(_folder.Context).Select(item => item.Id).ToListAsync());
        Assert.Equal([("0", "8"), ("2", "6")], await source.ReadTestEventsAsync(_folder.Context).Select(e => (e.User, e.Item)).ToListAsync());
    }

    [Fact]
    public async Task Adjacency_files_are_read_whole_for_evaluation()
    {
        var file = await AdjacencyFile.ReadAsync(_folder.Write("train.txt", "0 5 6\n1\r\n3 7\n"));
        Assert.Equal([[5, 6], [], [], [7]], file.Items);
        Assert.Equal(8, file.ItemCount);
    }

    [Theory]
    [InlineData("0 1\n1 x\n", 2)]
    [InlineData("0 1\n0 2\n", 2)]
    [InlineData("0 -1\n", 1)]
    [InlineData("99999999999 1\n", 1)]
    public async Task Adjacency_files_with_a_bad_line_are_refused_for_evaluation(string text, long line)
    {
        var path = _folder.Write("train.txt", text);
        var error = await Assert.ThrowsAsync<DatasetFormatException>(() => AdjacencyFile.ReadAsync(path));
        Assert.Equal(line, error.Line);
    }

    [Fact]
    public async Task LastFm_has_listening_counts_and_friends()
    {
        _folder.Write("data1.txt", "424\t4076\t993\r\n1311\t1574\t957\r\n");
        _folder.Write("test1.txt", "1\t2\t57\r\n");
        _folder.Write("trustnetwork.txt", "1\t258\r\n2\t1\r\n1\t401\r\n1\t258\r\n1\r\n\t7\r\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);

        Assert.Equal([993.0, 957.0], await source.ReadEventsAsync(_folder.Context).Select(e => e.Value!.Value).ToListAsync());
        Assert.Equal(57, Assert.Single(await source.ReadTestEventsAsync(_folder.Context).ToListAsync()).Value);
        var users = await source.ReadUsersAsync(_folder.Context).ToListAsync();
        Assert.Equal(["1: 258 401", "2: 1"], users.Select(user => $"{user.Id}: {string.Join(' ', user.Friends)}"));
        Assert.Equal([5L, 6L], _folder.BadRows.Select(row => row.Line));
    }

    [Fact]
    public async Task Retail_views_carts_and_purchases_follow_one_another()
    {
        _folder.Write("view_ecommerce.dat", "visitorid\titemid\tevent\n1\t1\t1\n1\t2\t1\n");
        _folder.Write("add_to_cart_ecommerce.dat", "visitorid\titemid\tevent\n1\t2\t1\n");
        _folder.Write("purchase_ecommerce.dat", "visitorid\titemid\tevent\n1\t2\t1\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);

        var events = await source.ReadEventsAsync(_folder.Context).ToListAsync();
        Assert.Equal(["view", "view", "cart", "purchase"], events.Select(e => e.Type));
        Assert.Equal([0, 1, 2, 3], events.Select(e => (e.Time - DatasetFormats.UntimedOrigin).TotalSeconds));
        Assert.Equal(4, events.DistinctBy(e => e.Id).Count());
    }

    [Fact]
    public async Task Files_with_another_header_than_expected_are_refused()
    {
        _folder.Write("view_ecommerce.dat", "1\t1\t1\n1\t2\t1\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);
        var error = await Assert.ThrowsAsync<DatasetFormatException>(async () => await source.ReadEventsAsync(_folder.Context).CountAsync());
        Assert.Contains("visitorid, itemid, event were expected; found 1, 1, 1", error.Message);
    }

    [Fact]
    public async Task Reading_twice_and_from_elsewhere_gives_the_same_event_ids()
    {
        const string Rows = "424\t4076\t993\n424\t4076\t993\n";
        _folder.Write("data1.txt", Rows);
        using var other = new DatasetFolder();
        other.Write("data1.txt", Rows);
        _folder.Write("trustnetwork.txt", "");
        other.Write("trustnetwork.txt", "");
        var first = await (await DatasetFormats.OpenAsync(_folder.Folder)).ReadEventsAsync(_folder.Context).Select(e => e.Id).ToListAsync();
        var second = await (await DatasetFormats.OpenAsync(other.Folder)).ReadEventsAsync(_folder.Context).Select(e => e.Id).ToListAsync();
        Assert.Equal(first, second);
        Assert.Equal(2, first.Distinct().Count());
        Assert.All(first, id => Assert.Matches("^[0-9a-f]{32}$", id));
    }

    [Fact]
    public async Task A_repeated_item_is_bad_and_the_first_counts()
    {
        _folder.Write("movies.csv", "movieId,title,genres\n1,A,X\n1,B,X\n,C,X\n");
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);
        Assert.Equal("A", Assert.Single(await source.ReadItemsAsync(_folder.Context).ToListAsync()).Title);
        Assert.Equal([3L, 4L], _folder.BadRows.Select(row => row.Line));
    }

    [Fact]
    public async Task Detection_says_what_was_looked_for_and_what_is_there()
    {
        _folder.Write("strange.bin", "");
        var error = await Assert.ThrowsAsync<DatasetFormatException>(() => DatasetFormats.OpenAsync(_folder.Folder));
        Assert.Contains("train.txt (adjacency)", error.Message);
        Assert.Contains("strange.bin", error.Message);
        Assert.Contains("movies.dat is missing", (await Assert.ThrowsAsync<DatasetFormatException>(
            () => DatasetFormats.OpenAsync("movielens-1m:" + _folder.Folder))).Message);
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetFormats.OpenAsync("nonsense"));
    }

    [Fact]
    public async Task Work_done_reaches_the_total()
    {
        _folder.Write("train.txt", "0 5 6\n1 7\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);
        var context = _folder.Context;
        await source.ReadEventsAsync(context).CountAsync();
        Assert.Equal((10L, 10L, 3L), (context.WorkDone, context.WorkTotal, context.RowsRead));
        context = _folder.Context;
        await source.ReadItemsAsync(context).CountAsync();
        Assert.Equal((1.0, 3L), (context.FractionDone, context.RowsRead));
    }

    [Theory]
    [InlineData("movielens-100k", 1682, 943, 100_000, 0)]
    [InlineData("movielens-1m", 3706, 6040, 994_169, 6040)]
    [InlineData("lastfm", -1, -1, -1, -1)]
    [InlineData("retailrocket", -1, 0, 92_487, 0)]
    public async Task Real_data_is_read_without_a_bad_row(string name, int items, int users, int events, int test)
    {
        var source = await DatasetFormats.OpenAsync(DatasetFolder.Real(name));
        var context = new DatasetReadContext { IsStrict = true };
        Check(items, await source.ReadItemsAsync(context).CountAsync());
        Check(users, await source.ReadUsersAsync(context).CountAsync());
        Check(events, await source.ReadEventsAsync(context).CountAsync());
        Check(test, await source.ReadTestEventsAsync(context).CountAsync());

        static void Check(int expected, int actual)
        {
            if (expected >= 0)
            {
                Assert.Equal(expected, actual);
            }
            else
            {
                Assert.NotEqual(0, actual);
            }
        }
    }
}
