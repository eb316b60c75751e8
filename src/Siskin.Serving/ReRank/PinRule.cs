using System.Globalization;

namespace Siskin.Serving.ReRank;

/// <summary>Gives an item a fixed place in the list.</summary>
/// <param name="Item">Id of the item.</param>
/// <param name="Place">1 is the first.</param>
public sealed record PinRule(string Item, int Place)
{
    /// <summary>Reads <c>ID@PLACE;ID@PLACE</c>.</summary>
    /// <exception cref="FormatException">The text has another form, or an item or a place comes twice.</exception>
    public static IReadOnlyList<PinRule> Parse(string text)
    {
        var rules = new List<PinRule>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.LastIndexOf('@');
            if (at < 1
                || !int.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                || place is < 1 or > 1000)
            {
                throw new FormatException($"has '{part}'; ID@PLACE with a place from 1 to 1000 is allowed");
            }

            if (rules.Exists(r => r.Place == place))
            {
                throw new FormatException($"gives place {place} twice");
            }

            var item = part[..at];
            if (rules.Exists(r => r.Item == item))
            {
                throw new FormatException($"pins '{item}' twice");
            }

            rules.Add(new PinRule(item, place));
        }

        return rules;
    }
}
