using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Candidates;

/// <summary>A request's rules, resolved against a snapshot: says of a row whether it may be recommended.</summary>
/// <remarks>
/// Recall channels ask it for each row that they come across, so that a narrow filter does not leave them with quotas
/// full of forbidden items; the filter stage asks again for rows of channels that did not.
/// </remarks>
internal sealed class CandidateFilter
{
    private const int MaxTags = 100;
    private const int MaxItems = 10_000;
    private const int MaxRules = 20;

    private static readonly RequestFilter AllowAll = new();

    private readonly ItemTable _items;
    private readonly RowMap _seen;
    private readonly int[] _anyTags;
    private readonly int[] _allTags;
    private readonly int[] _noTags;
    private readonly HashSet<int>? _only;
    private readonly HashSet<int>? _not;
    private readonly double? _minPrice;
    private readonly double? _maxPrice;
    private readonly IReadOnlyList<AttributeRule> _attributes;
    private readonly bool _hasRules;

    public CandidateFilter(RequestFilter? filter, int itemRow, ItemTable items, RowMap seen, CatalogueSchema schema)
    {
        filter ??= AllowAll;
        CheckCounts(filter);
        _items = items;
        _seen = seen;
        _anyTags = Tags(filter.AnyTags, "filter.anyTags");
        _allTags = Tags(filter.AllTags, "filter.allTags");
        _noTags = Tags(filter.NoTags, "filter.noTags");
        if (itemRow >= 0)
        {
            _not = [itemRow];
        }

        foreach (var id in filter.NoItems)
        {
            if (items.TryGetRow(id, out var row))
            {
                (_not ??= []).Add(row);
            }
        }

        if (filter.OnlyItems is { } only)
        {
            _only = new HashSet<int>(only.Count);
            for (var i = 0; i < only.Count; i++)
            {
                _only.Add(items.TryGetRow(only[i], out var row)
                    ? row
                    : throw new RequestException($"filter.onlyItems[{i}]", $"there is no item '{only[i]}'"));
            }
        }

        if (filter.MinPrice is { } low && !double.IsFinite(low))
        {
            throw new RequestException("filter.minPrice", $"is {low}; a finite number is allowed");
        }

        if (filter.MaxPrice is { } high && !double.IsFinite(high))
        {
            throw new RequestException("filter.maxPrice", $"is {high}; a finite number is allowed");
        }

        if (filter is { MinPrice: { } min, MaxPrice: { } max } && min > max)
        {
            throw new RequestException("filter.minPrice", $"is {min}, above maxPrice, which is {max}");
        }

        _minPrice = filter.MinPrice;
        _maxPrice = filter.MaxPrice;
        _attributes = filter.Attributes;
        for (var i = 0; i < _attributes.Count; i++)
        {
            CheckRule(_attributes[i], $"filter.attributes[{i}]", schema);
        }

        _hasRules = _anyTags.Length + _allTags.Length + _noTags.Length + _attributes.Count > 0
            || _not is not null || _only is not null || _minPrice is not null || _maxPrice is not null;
    }

    /// <summary>Numbers of the tags that the request asks for.</summary>
    public ReadOnlySpan<int> WantedTags => _anyTags.Length > 0 ? _anyTags : _allTags;

    /// <summary>Rows that alone are allowed; null when all are.</summary>
    public IReadOnlyCollection<int>? Only => _only;

    public DropReason Check(int row)
    {
        var entry = _items[row];
        if (!entry.IsServable)
        {
            return DropReason.Unavailable;
        }

        if (_hasRules && !Allows(row, entry))
        {
            return DropReason.Filter;
        }

        return _seen.Contains(row) ? DropReason.Seen : DropReason.None;
    }

    /// <summary>What one request may ask costs bounded work for each candidate.</summary>
    private static void CheckCounts(RequestFilter filter)
    {
        Check(filter.AnyTags.Count, MaxTags, "anyTags");
        Check(filter.AllTags.Count, MaxTags, "allTags");
        Check(filter.NoTags.Count, MaxTags, "noTags");
        Check(filter.OnlyItems?.Count ?? 0, MaxItems, "onlyItems");
        Check(filter.NoItems.Count, MaxItems, "noItems");
        Check(filter.Attributes.Count, MaxRules, "attributes");

        static void Check(int count, int most, string name)
        {
            if (count > most)
            {
                throw new RequestException("filter." + name, $"has {count} entries; at most {most} are allowed");
            }
        }
    }

    private static void CheckRule(AttributeRule? rule, string field, CatalogueSchema schema)
    {
        if (rule is null)
        {
            throw new RequestException(field, "is null; a rule is expected");
        }

        var definition = schema.ItemAttributes.FirstOrDefault(d => d.Name == rule.Name);
        if (definition is not { IsFilterable: true })
        {
            var names = string.Join(", ", schema.ItemAttributes.Where(d => d.IsFilterable).Select(d => d.Name));
            throw new RequestException(
                field + ".name",
                $"'{rule.Name}' is not a filterable attribute ({(names.Length == 0 ? "the schema declares none" : "filterable are " + names)})");
        }

        var isMany = rule.Operator is AttributeOperator.In or AttributeOperator.NotIn;
        if (rule.Values is not { Count: > 0 and <= MaxTags } || (!isMany && rule.Values.Count > 1))
        {
            throw new RequestException(field + ".values", isMany ? $"needs 1 to {MaxTags} values" : "needs exactly one value");
        }

        var isNumeric = definition.Type == AttributeType.Numeric;
        if (!isNumeric && rule.Operator is AttributeOperator.AtLeast or AttributeOperator.AtMost)
        {
            throw new RequestException(field + ".operator", $"needs a numeric attribute; '{rule.Name}' is {definition.Type.ToString().ToLowerInvariant()}");
        }

        if (rule.Values.Any(v => v.IsNumber != isNumeric))
        {
            throw new RequestException(field + ".values", $"must be {(isNumeric ? "numbers" : "strings")} for '{rule.Name}'");
        }
    }

    private static bool Matches(AttributeRule rule, Item item)
    {
        var has = item.Attributes.TryGetValue(rule.Name, out var value);
        switch (rule.Operator)
        {
            case AttributeOperator.Equal:
            case AttributeOperator.In:
                return has && IsAmong(rule.Values, value);
            case AttributeOperator.NotEqual:
            case AttributeOperator.NotIn:
                return !has || !IsAmong(rule.Values, value);
            case AttributeOperator.AtLeast:
                return has && value.IsNumber && value.Number >= rule.Values[0].Number;
            default:
                return has && value.IsNumber && value.Number <= rule.Values[0].Number;
        }
    }

    private static bool IsAmong(IReadOnlyList<AttributeValue> values, AttributeValue value)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
            {
                return true;
            }
        }

        return false;
    }

    private bool Allows(int row, ItemEntry entry)
    {
        if ((_not is not null && _not.Contains(row)) || (_only is not null && !_only.Contains(row)))
        {
            return false;
        }

        foreach (var tag in _noTags)
        {
            if (entry.HasTag(tag))
            {
                return false;
            }
        }

        foreach (var tag in _allTags)
        {
            if (!entry.HasTag(tag))
            {
                return false;
            }
        }

        if (_anyTags.Length > 0 && !entry.Tags.AsSpan().ContainsAny(_anyTags))
        {
            return false;
        }

        if ((_minPrice is { } min && !(entry.Item.Price >= min)) || (_maxPrice is { } max && !(entry.Item.Price <= max)))
        {
            return false;
        }

        for (var i = 0; i < _attributes.Count; i++)
        {
            if (!Matches(_attributes[i], entry.Item))
            {
                return false;
            }
        }

        return true;
    }

    private int[] Tags(IReadOnlyList<string> names, string field)
    {
        var tags = names.Count == 0 ? [] : new int[names.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            if (names[i] is null || !_items.TryGetTag(names[i], out tags[i]))
            {
                throw new RequestException($"{field}[{i}]", $"no item has the tag '{names[i]}'");
            }
        }

        return tags;
    }
}
