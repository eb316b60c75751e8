using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;

namespace Siskin.Server.Api.Json;

/// <summary>Reads the body of a recommendation request.</summary>
/// <param name="scene">The scene, which the route names.</param>
internal sealed class RecommendReader(string scene)
{
    /// <summary>Most ids or tags in one list of a request.</summary>
    public const int MaxListLength = 1_000;

    /// <summary>Most entries of <c>context</c>, of <c>parameters</c> and of <c>filter.attributes</c>.</summary>
    public const int MaxSettings = 100;

    private static readonly JsonForm RuleForm = new("an attribute rule", "name", "operator", "value", "values");

    /// <summary>The properties of a request.</summary>
    public static JsonForm Form { get; } =
        new("a recommendation request", "user", "item", "count", "recentItems", "filter", "context", "parameters", "explain");

    /// <summary>The properties of a filter.</summary>
    public static JsonForm FilterForm { get; } =
        new("a filter", "anyTags", "allTags", "noTags", "onlyItems", "noItems", "minPrice", "maxPrice", "attributes");

    /// <summary>Reads a request.</summary>
    public RecommendationRequest Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var request = new RecommendationRequest { Scene = scene };
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    request = request with { User = JsonFields.Text(ref reader, path, "user", errors) };
                    break;
                case 1:
                    request = request with { Item = JsonFields.Text(ref reader, path, "item", errors) };
                    break;
                case 2:
                    request = request with { Count = JsonFields.Integer(ref reader, path, "count", errors) };
                    break;
                case 3:
                    request = request with { RecentItems = JsonFields.TextList(ref reader, path, "recentItems", MaxListLength, errors) ?? [] };
                    break;
                case 4:
                    request = request with { Filter = ReadFilter(ref reader, path, errors) };
                    break;
                case 5:
                    request = JsonFields.Settings(ref reader, path, "context", MaxSettings, errors) is { } context ? request with { Context = context } : request;
                    break;
                case 6:
                    request = JsonFields.Settings(ref reader, path, "parameters", MaxSettings, errors) is { } parameters ? request with { Parameters = parameters } : request;
                    break;
                case 7:
                    request = request with { Explain = JsonFields.Boolean(ref reader, path, "explain", errors) ?? false };
                    break;
            }
        }

        return request;
    }

    private static RequestFilter? ReadFilter(ref Utf8JsonReader reader, FieldPath above, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonFields.Refuse(ref reader, above, "filter", "must be an object", errors);
            return null;
        }

        var path = above.Into("filter");
        var filter = new RequestFilter();
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = FilterForm.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    filter = filter with { AnyTags = JsonFields.TextList(ref reader, path, "anyTags", MaxListLength, errors) ?? [] };
                    break;
                case 1:
                    filter = filter with { AllTags = JsonFields.TextList(ref reader, path, "allTags", MaxListLength, errors) ?? [] };
                    break;
                case 2:
                    filter = filter with { NoTags = JsonFields.TextList(ref reader, path, "noTags", MaxListLength, errors) ?? [] };
                    break;
                case 3:
                    filter = filter with { OnlyItems = JsonFields.TextList(ref reader, path, "onlyItems", CatalogueValidator.MaxListLength, errors) };
                    break;
                case 4:
                    filter = filter with { NoItems = JsonFields.TextList(ref reader, path, "noItems", CatalogueValidator.MaxListLength, errors) ?? [] };
                    break;
                case 5:
                    filter = filter with { MinPrice = JsonFields.Number(ref reader, path, "minPrice", errors) };
                    break;
                case 6:
                    filter = filter with { MaxPrice = JsonFields.Number(ref reader, path, "maxPrice", errors) };
                    break;
                case 7:
                    filter = filter with { Attributes = ReadRules(ref reader, path, errors) };
                    break;
            }
        }

        return filter;
    }

    private static IReadOnlyList<AttributeRule> ReadRules(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            JsonFields.Refuse(ref reader, path, "attributes", "must be a list of rules", errors);
            return [];
        }

        var rules = new List<AttributeRule>();
        var list = path.Of("attributes");
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var element = new FieldPath(list, count++);
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                errors.Add(element.Self, "must be an object");
                reader.Skip();
            }
            else if (count > MaxSettings)
            {
                errors.Add(list, $"has more than {MaxSettings} entries");
                reader.Skip();
            }
            else
            {
                rules.Add(ReadRule(ref reader, element, errors));
            }
        }

        return rules;
    }

    private static AttributeRule ReadRule(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        string? name = null;
        AttributeOperator? comparison = null;
        AttributeValue? value = null;
        IReadOnlyList<AttributeValue>? values = null;
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = RuleForm.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    name = JsonFields.Text(ref reader, path, "name", errors);
                    break;
                case 1:
                    comparison = ReadOperator(ref reader, path, errors);
                    break;
                case 2:
                    value = JsonFields.Attribute(ref reader, path, "value", errors);
                    break;
                case 3:
                    values = ReadValues(ref reader, path, errors);
                    break;
            }
        }

        if (string.IsNullOrEmpty(name))
        {
            errors.Add(path.Of("name"), "is required and must not be empty");
        }

        if (comparison is null)
        {
            errors.Add(path.Of("operator"), "is required");
        }

        var isList = comparison is AttributeOperator.In or AttributeOperator.NotIn;
        if (isList && (values is null or { Count: 0 } || value is not null))
        {
            errors.Add(path.Of("values"), "must be given for in and notIn, with at least one entry, and value left out");
        }
        else if (!isList && comparison is not null && (value is null || values is not null))
        {
            errors.Add(path.Of("value"), "must be given for this operator, and values left out");
        }

        return new AttributeRule
        {
            Name = name ?? string.Empty,
            Operator = comparison ?? AttributeOperator.Equal,
            Values = values ?? (value is { } single ? [single] : []),
        };
    }

    private static AttributeOperator? ReadOperator(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        if (JsonFields.Text(ref reader, path, "operator", errors) is not { } text)
        {
            return null;
        }

        switch (text)
        {
            case "equal":
                return AttributeOperator.Equal;
            case "notEqual":
                return AttributeOperator.NotEqual;
            case "in":
                return AttributeOperator.In;
            case "notIn":
                return AttributeOperator.NotIn;
            case "atLeast":
                return AttributeOperator.AtLeast;
            case "atMost":
                return AttributeOperator.AtMost;
            default:
                errors.Add(path.Of("operator"), $"is '{FieldErrors.Shorten(text, 40)}'; equal, notEqual, in, notIn, atLeast or atMost is allowed");
                return null;
        }
    }

    private static IReadOnlyList<AttributeValue>? ReadValues(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            JsonFields.Refuse(ref reader, path, "values", "must be a list of numbers or strings", errors);
            return null;
        }

        var values = new List<AttributeValue>();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (JsonFields.Attribute(ref reader, path, $"values[{count}]", errors) is { } value && count < MaxListLength)
            {
                values.Add(value);
            }

            if (++count == MaxListLength + 1)
            {
                errors.Add(path.Of("values"), $"has more than {MaxListLength:N0} entries");
            }
        }

        return values;
    }
}
