using System.Globalization;

namespace Siskin.Serving.ReRank;

/// <summary>Multiplies the score of items that have a tag, or of one item.</summary>
/// <param name="IsTag">Whether <paramref name="Name"/> is a tag; otherwise it is an item's id.</param>
/// <param name="Name">The tag or id.</param>
/// <param name="Factor">0 to 100.</param>
public sealed record BoostRule(bool IsTag, string Name, double Factor)
{
    /// <summary>Rules in one text at the most: each is asked of each candidate.</summary>
    private const int MaxRules = 100;

    /// <summary>Reads <c>tag:NAME=FACTOR;item:ID=FACTOR</c>.</summary>
    /// <exception cref="FormatException">The text has another form, or more than 100 rules.</exception>
    public static IReadOnlyList<BoostRule> Parse(string text)
    {
        var rules = new List<BoostRule>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var equals = part.LastIndexOf('=');
            var kind = colon > 0 ? part[..colon] : string.Empty;
            if (kind is not ("tag" or "item") || equals <= colon + 1
                || !double.TryParse(part.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var factor)
                || !(factor is >= 0 and <= 100))
            {
                throw new FormatException($"has '{part}'; tag:NAME=FACTOR or item:ID=FACTOR with a factor from 0 to 100 is allowed");
            }

            if (rules.Count == MaxRules)
            {
                throw new FormatException($"has more than {MaxRules} rules");
            }

            rules.Add(new BoostRule(kind == "tag", part[(colon + 1)..equals], factor));
        }

        return rules;
    }
}
