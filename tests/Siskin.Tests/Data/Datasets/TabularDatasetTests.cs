using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Tabular;

namespace Siskin.Tests.Data.Datasets;

public sealed class TabularDatasetTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_are_mapped_by_name_with_constants_and_renamed_types()
    {
        var path = _folder.Write("events.csv", "timestamp,visitorid,event,itemid\n1433221332117,257597,view,355908\n1433224214164,992329,addtocart,248676\n1433224214164,1,nonsense,2\n");
        var source = await DatasetFormats.OpenAsync("csv:" + path, new TabularOptions
        {
            Mapping = "user=visitorid, item=itemid,time=timestamp,type=event,scene==home",
            EventTypeNames = new Dictionary<string, string> { ["addtocart"] = "cart" },
        });

        var events = await source.ReadEventsAsync(_folder.Context).ToListAsync();
        Assert.Equal([("257597", "355908", "view"), ("992329", "248676", "cart")], events.Select(e => (e.User, e.Item, e.Type)));
        Assert.All(events, e => Assert.Equal("home", e.Scene));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1433221332117), events[0].Time);
        Assert.Contains("4: type 'nonsense' is not declared", Assert.Single(_folder.Bad()));
        Assert.Contains("milliseconds", Assert.Single(_folder.Notes));
        Assert.Equal(["355908", "248676"], await source.ReadItemsAsync(_folder.Context).Select(item => item.Id).ToListAsync());
    }

    [Theory]
    [InlineData("1433221332", 1433221332000)]
    [InlineData("1433221332.5", 1433221332500)]
    [InlineData("1433221332117", 1433221332117)]
    [InlineData("2015-06-02", 1433203200000)]
    [InlineData("2015-06-02T05:02:12Z", 1433221332000)]
    [InlineData("2015-06-02 07:02:12.117+02:00", 1433221332117)]
    public async Task Times_are_understood_in_several_forms(string text, long milliseconds)
    {
        var path = _folder.Write("e.csv", $"user,item,time\nu,i,bad\nu,i,{text}\n");
        var source = await DatasetFormats.OpenAsync(path);
        var e = Assert.Single(await source.ReadEventsAsync(_folder.Context).ToListAsync());
        Assert.Equal(milliseconds, e.Time.ToUnixTimeMilliseconds());
        Assert.Equal(("view", 2L), (e.Type, Assert.Single(_folder.BadRows).Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1e300")]
    [InlineData("-9999999999999")]
    [InlineData("01/02/2015")]
    [InlineData("2015-06-32")]
    public async Task Absurd_times_are_bad_rows(string text)
    {
        var source = await DatasetFormats.OpenAsync(_folder.Write("e.csv", $"user,item,time\nu,i,{text}\n"));
        Assert.Empty(await source.ReadEventsAsync(_folder.Context).ToListAsync());
        Assert.Equal(2, Assert.Single(_folder.BadRows).Line);
    }

    [Fact]
    public async Task The_form_of_the_first_time_holds_for_the_column()
    {
        var source = await DatasetFormats.OpenAsync(_folder.Write("e.csv", "user,item,time\nu,i,1433221332\nu,i,2015-06-02\n"));
        Assert.Single(await source.ReadEventsAsync(_folder.Context).ToListAsync());
        Assert.Equal(["3: time is '2015-06-02'; expected is seconds since 1970, for a time from 1900 to 2200"], _folder.Bad());
    }

    [Fact]
    public async Task Items_have_all_their_fields()
    {
        var path = _folder.Write("items.tsv", "sku\tname\tlabels\tprice\tborn\tstock\tla\tlo\temb\tcolour\tminutes\n"
            + "a\tA \"x\"\tone|two|one\t9.5\t2020-01-01\tno\t48.1\t11.5\t0.5 1 -2\tred\t90\n"
            + "b\t\t[\"p|q\"]\t\t\t\t\t\t[1,2,3]\t\t\n");
        var source = await DatasetFormats.OpenAsync("csv:" + path, new TabularOptions
        {
            Kind = DatasetKind.Items,
            Mapping = "id=sku,title=name,tags=labels,price=price,created=born,available=stock,lat=la,lon=lo,vector=emb,attr.colour=colour,attr.length:numeric=minutes",
        });

        Assert.Equal(3, source.Schema.VectorDimension);
        Assert.Equal([AttributeType.Categorical, AttributeType.Numeric], source.Schema.ItemAttributes.Select(attribute => attribute.Type));
        var items = await source.ReadItemsAsync(_folder.Context).ToListAsync();
        Assert.Empty(_folder.Bad());
        var a = items[0];
        Assert.Equal(("a", "A \"x\"", 9.5, false), (a.Id, a.Title, a.Price, a.IsAvailable));
        Assert.Equal(["one", "two"], a.Tags);
        Assert.Equal(new GeoPoint(48.1, 11.5), a.Place);
        Assert.Equal([0.5f, 1f, -2f], a.Vector!.Value.ToArray());
        Assert.Equal(90, a.Attributes["length"].Number);
        Assert.Equal(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), a.CreatedAt);
        var b = items[1];
        Assert.Equal(["p|q"], b.Tags);
        Assert.True(b.IsAvailable && b.Title is null && b.Price is null && b.Place is null && b.Attributes.Count == 0);
    }

    [Theory]
    [InlineData("x,-1,,,,", "price")]
    [InlineData("x,abc,,,,", "price is 'abc'")]
    [InlineData("x,,91,0,,", "latitude")]
    [InlineData("x,,1,,,", "lat and lon")]
    [InlineData("x,,,,maybe,", "available is 'maybe'")]
    [InlineData("x,,,,,1 2", "vector")]
    [InlineData("x,,,,,1 y 3", "vector is 'y'")]
    [InlineData("x,,,,,[1", "vector")]
    [InlineData("x,,,,,NaN 1 1", "vector")]
    [InlineData(",,,,,", "id is required")]
    public async Task Bad_values_of_items_are_told_by_field(string row, string expected)
    {
        var source = await DatasetFormats.OpenAsync(
            "csv:" + _folder.Write("i.csv", "id,price,lat,lon,available,vector\ngood,,,,,1 2 3\n" + row + "\n"),
            new TabularOptions { Kind = DatasetKind.Items });
        Assert.Equal("good", Assert.Single(await source.ReadItemsAsync(_folder.Context).ToListAsync()).Id);
        Assert.Contains(expected, Assert.Single(_folder.Bad()));
        Assert.Equal(3, _folder.BadRows[0].Line);
    }

    [Fact]
    public async Task Files_without_a_header_are_mapped_by_number()
    {
        var path = _folder.Write("e.csv", "7;8;4.5\n7;9;1e400\n");
        var source = await DatasetFormats.OpenAsync("csv:" + path, new TabularOptions { Mapping = "user=1,item=2,value=3", HasHeader = false, Delimiter = ';' });
        var e = Assert.Single(await source.ReadEventsAsync(_folder.Context).ToListAsync());
        Assert.Equal(("7", "8", 4.5, "rating"), (e.User, e.Item, e.Value, e.Type));
        Assert.Equal(DatasetFormats.UntimedOrigin, e.Time);
        Assert.Equal(2, Assert.Single(_folder.BadRows).Line);
    }

    [Fact]
    public async Task Json_lines_hold_items_users_and_events()
    {
        var items = await DatasetFormats.OpenAsync(
            "jsonl:" + _folder.Write("i.jsonl", "{\"id\":7,\"tags\":[\"a\",\"b\"],\"vector\":[1,2.5],\"available\":false,\"title\":null}\n"),
            new TabularOptions { Kind = DatasetKind.Items });
        var item = Assert.Single(await items.ReadItemsAsync(_folder.Context).ToListAsync());
        Assert.Equal(("7", 2, false), (item.Id, items.Schema.VectorDimension, item.IsAvailable));
        Assert.Equal(["a", "b"], item.Tags);

        var users = await DatasetFormats.OpenAsync(
            "jsonl:" + _folder.Write("u.jsonl", "{\"id\":\"u\",\"friends\":[\"v\"],\"age\":30}\n"),
            new TabularOptions { Kind = DatasetKind.Users, Mapping = "id=id,friends=friends,attr.age:numeric=age" });
        var user = Assert.Single(await users.ReadUsersAsync(_folder.Context).ToListAsync());
        Assert.Equal((30.0, "v"), (user.Attributes["age"].Number, user.Friends[0]));

        var events = await DatasetFormats.OpenAsync(_folder.Write(
            "e.jsonl", "{\"user\":\"u\",\"item\":\"i\"}\n[1]\n{\"user\":\n{\"user\":\"\\ud800\",\"item\":\"i\"}\n\n{\"user\":\"u\"}\n{\"user\":\"u\",\"item\":\"j\",\"id\":\"mine\"}\n"));
        Assert.Equal(["i", "j"], await events.ReadEventsAsync(_folder.Context).Select(e => e.Item).ToListAsync());
        Assert.Equal("mine", (await events.ReadEventsAsync(new DatasetReadContext()).LastAsync()).Id);
        Assert.Equal([2L, 3L, 4L, 6L], _folder.BadRows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("user=a", "'item' is required")]
    [InlineData("user=a,item=b,nonsense=c", "'nonsense' is no field of events")]
    [InlineData("user=a,item=b,user=c", "mapped twice")]
    [InlineData("user,item=b", "not of the form")]
    public void Wrong_mappings_are_refused_with_the_reason(string mapping, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => ColumnMapping.Parse(mapping, DatasetKind.Events)).Message);

    [Theory]
    [InlineData("id=a,attr.x:number=b", "'number' is no type")]
    [InlineData("id=a,attr.=b", "names no attribute")]
    [InlineData("id=a,attr.x=b,attr.x:numeric=c", "mapped twice")]
    public void Wrong_attributes_are_refused_with_the_reason(string mapping, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => ColumnMapping.Parse(mapping, DatasetKind.Items)).Message);

    [Fact]
    public async Task A_mapped_column_that_is_missing_is_named_with_those_found()
    {
        var path = _folder.Write("e.csv", "a,b\n1,2\n");
        var error = await Assert.ThrowsAsync<DatasetFormatException>(
            () => DatasetFormats.OpenAsync("csv:" + path, new TabularOptions { Mapping = "user=a,item=c" }));
        Assert.Contains("named c were expected; found a, b", error.Message);
        error = await Assert.ThrowsAsync<DatasetFormatException>(() => DatasetFormats.OpenAsync("csv:" + path + ".gone.csv"));
        Assert.Contains("readable file", error.Message);
    }
}
