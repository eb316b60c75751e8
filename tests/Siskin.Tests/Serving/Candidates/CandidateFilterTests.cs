using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;

namespace Siskin.Tests.Serving.Candidates;

public sealed class CandidateFilterTests
{
    private static readonly CatalogueSchema Schema = CatalogueSchema.Default with
    {
        ItemAttributes =
        [
            new() { Name = "length", Type = AttributeType.Numeric, IsFilterable = true },
            new() { Name = "language", Type = AttributeType.Categorical, IsFilterable = true },
            new() { Name = "secret", Type = AttributeType.Categorical },
        ],
    };

    private readonly Recommender _recommender;

    public CandidateFilterTests()
    {
        var release = new SmallRelease { Schema = Schema };
        release.Add(Item("a", 5, 90, "en", "x", "y"));
        release.Add(Item("b", 10, 120, "de", "x"));
        release.Add(Item("c", null, null, null));
        release.Add(Item("d", 20, 60, "en", "y"));
        release.Add(Item("e", 0, 100, "fr"));
        foreach (var item in release.Items)
        {
            release.Popularity[item.Id] = 200 - item.Id[0];
        }

        _recommender = release.Recommender();
    }

    [Fact]
    public async Task Tags_ids_and_prices_keep_what_meets_them_all()
    {
        await GivesAsync("a b d", new() { AnyTags = ["x", "y"] });
        await GivesAsync("a", new() { AllTags = ["x", "y"] });
        await GivesAsync("c e", new() { NoTags = ["x", "y"] });
        await GivesAsync("b", new() { AnyTags = ["x"], NoTags = ["y"] });
        await GivesAsync("a c", new() { OnlyItems = ["c", "a", "a"] });
        await GivesAsync("a c", new() { NoItems = ["b", "d", "e", "nowhere"] });
        await GivesAsync("a b d", new() { MinPrice = 5 });
        await GivesAsync("a b e", new() { MaxPrice = 10 });
        await GivesAsync("a b", new() { MinPrice = 5, MaxPrice = 10 });
        await GivesAsync("a b c d e", new() { AnyTags = null!, AllTags = null!, NoTags = null!, NoItems = null!, Attributes = null! });
    }

    [Fact]
    public async Task Attribute_rules_compare_and_an_item_without_the_attribute_fails_all_but_the_negated_ones()
    {
        await GivesAsync("a d", Rule("language", AttributeOperator.Equal, "en"));
        await GivesAsync("b c e", Rule("language", AttributeOperator.NotEqual, "en"));
        await GivesAsync("b e", Rule("language", AttributeOperator.In, "de", "fr"));
        await GivesAsync("a c d", Rule("language", AttributeOperator.NotIn, "de", "fr"));
        await GivesAsync("b e", Rule("length", AttributeOperator.AtLeast, 100));
        await GivesAsync("a d", Rule("length", AttributeOperator.AtMost, 90));
        await GivesAsync("a", Rule("length", AttributeOperator.In, 90, 91));
        await GivesAsync("a", new() { Attributes = [.. Rule("length", AttributeOperator.AtMost, 90).Attributes, .. Rule("length", AttributeOperator.AtLeast, 70).Attributes] });
    }

    [Fact]
    public async Task A_value_of_another_type_than_the_schemas_never_passes_a_comparison()
    {
        var holder = new SmallRelease { Schema = Schema }.Hold();
        holder.Post(new Item { Id = "t", Attributes = new Dictionary<string, AttributeValue> { ["length"] = AttributeValue.Of("long") } });
        holder.Post(new Item { Id = "n", Attributes = new Dictionary<string, AttributeValue> { ["length"] = AttributeValue.Of(1) } });
        Assert.Equal("n", await new Recommender(holder).ListAsync(Ask.Only("newest") with { Filter = Rule("length", AttributeOperator.AtMost, 5) }));
    }

    [Fact]
    public async Task A_newer_schema_counts_at_once()
    {
        var holder = new SmallRelease().Add(new Item { Id = "a", Attributes = new Dictionary<string, AttributeValue> { ["language"] = AttributeValue.Of("en") } }).Hold();
        var recommender = new Recommender(holder);
        var request = Ask.Only("newest") with { Filter = Rule("language", AttributeOperator.Equal, "en") };
        Assert.Contains("the schema declares none", (await recommender.RefusedAsync(request)).Message, StringComparison.Ordinal);
        holder.Current.Schema = Schema;
        Assert.Equal("a", await recommender.ListAsync(request));
    }

    [Fact]
    public async Task Every_mistake_names_its_field()
    {
        await RefusesAsync("filter.anyTags[1]", new() { AnyTags = ["x", "nonsense"] });
        await RefusesAsync("filter.anyTags[0]", new() { AnyTags = [null!] });
        await RefusesAsync("filter.allTags[0]", new() { AllTags = ["nonsense"] });
        await RefusesAsync("filter.noTags[0]", new() { NoTags = ["nonsense"] });
        await RefusesAsync("filter.onlyItems[1]", new() { OnlyItems = ["a", "nowhere"] });
        await RefusesAsync("filter.onlyItems[0]", new() { OnlyItems = [null!] });
        await RefusesAsync("filter.minPrice", new() { MinPrice = 10, MaxPrice = 5 });
        await RefusesAsync("filter.minPrice", new() { MinPrice = double.NaN });
        await RefusesAsync("filter.maxPrice", new() { MaxPrice = double.PositiveInfinity });
        await RefusesAsync("filter.attributes[0]", new() { Attributes = [null!] });
        await RefusesAsync("filter.attributes[0].name", Rule("nonsense", AttributeOperator.Equal, "en"));
        await RefusesAsync("filter.attributes[0].name", Rule("secret", AttributeOperator.Equal, "en"));
        await RefusesAsync("filter.attributes[0].values", Rule("language", AttributeOperator.Equal));
        await RefusesAsync("filter.attributes[0].values", Rule("language", AttributeOperator.Equal, "en", "de"));
        await RefusesAsync("filter.attributes[0].values", Rule("language", AttributeOperator.In));
        await RefusesAsync("filter.attributes[0].values", Rule("language", AttributeOperator.Equal, 5));
        await RefusesAsync("filter.attributes[0].values", Rule("length", AttributeOperator.Equal, "en"));
        await RefusesAsync("filter.attributes[0].operator", Rule("language", AttributeOperator.AtLeast, "en"));
        await RefusesAsync("filter.anyTags", new() { AnyTags = [.. Enumerable.Repeat("x", 101)] });
        await RefusesAsync("filter.onlyItems", new() { OnlyItems = [.. Enumerable.Repeat("a", 10_001)] });
        await RefusesAsync("filter.attributes", new() { Attributes = [.. Enumerable.Repeat(Rule("language", AttributeOperator.Equal, "en").Attributes[0], 21)] });
    }

    private static Item Item(string id, double? price, double? length, string? language, params string[] tags)
    {
        var attributes = new Dictionary<string, AttributeValue>();
        if (length is { } number)
        {
            attributes["length"] = AttributeValue.Of(number);
        }

        if (language is not null)
        {
            attributes["language"] = AttributeValue.Of(language);
        }

        return new Item { Id = id, Price = price, Tags = tags, Attributes = attributes };
    }

    private static RequestFilter Rule(string name, AttributeOperator comparison, params string[] values) =>
        new() { Attributes = [new AttributeRule { Name = name, Operator = comparison, Values = [.. values.Select(AttributeValue.Of)] }] };

    private static RequestFilter Rule(string name, AttributeOperator comparison, params double[] values) =>
        new() { Attributes = [new AttributeRule { Name = name, Operator = comparison, Values = [.. values.Select(AttributeValue.Of)] }] };

    private static RequestFilter Rule(string name, AttributeOperator comparison) =>
        new() { Attributes = [new AttributeRule { Name = name, Operator = comparison, Values = [] }] };

    private async Task GivesAsync(string expected, RequestFilter filter) =>
        Assert.Equal(expected, await _recommender.ListAsync(Ask.Only("popular") with { Filter = filter }));

    private async Task RefusesAsync(string field, RequestFilter filter) =>
        Assert.Equal(field, (await _recommender.RefusedAsync(Ask.Only("popular") with { Filter = filter })).Field);
}
