using System.Globalization;

namespace Siskin.Serving.Releases;

/// <summary>What a new release must be worth beside the active one to be taken up: <c>ndcg@10>=0.97*active</c>.</summary>
/// <param name="Metric">Name among the manifests' metrics; larger is better.</param>
/// <param name="Share">Of the active release's value; 0 or more.</param>
public sealed record GateRule(string Metric, double Share)
{
    /// <summary>At least 97 % of the active release's NDCG@10.</summary>
    public static GateRule Default { get; } = new("ndcg@10", 0.97);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">METRIC>=SHARE*active.</param>
    /// <returns>Null when the text is of another form.</returns>
    public static GateRule? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace(" ", string.Empty, StringComparison.Ordinal).Split(">=") is [{ Length: > 0 } metric, var bound]
            && bound.Split('*') is [var number, "active"]
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && double.IsFinite(share)
            ? new GateRule(metric, share)
            : null;
    }

    /// <summary>Decides on a release.</summary>
    /// <param name="candidate">The new one's manifest.</param>
    /// <param name="active">The active one's; null when there is none.</param>
    /// <returns>Whether it passes, and why or why not.</returns>
    /// <remarks>A new release without the metric does not pass; an active one without it is nothing to compare with, and lets pass.</remarks>
    public (bool Passes, string Reason) Decide(ReleaseManifest candidate, ReleaseManifest? active)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (!candidate.Metrics.TryGetValue(Metric, out var value) || !double.IsFinite(value))
        {
            return (false, $"it has no {Metric}");
        }

        if (active is null)
        {
            return (true, Text($"{Metric} {value:0.####}; no release was active"));
        }

        if (!active.Metrics.TryGetValue(Metric, out var other) || !double.IsFinite(other))
        {
            return (true, Text($"{Metric} {value:0.####}; release {active.Number} has none to compare with"));
        }

        var passes = value >= other * Share;
        return (passes, Text($"{Metric} {value:0.####}, {(passes ? "at least" : "below")} {Share:0.####} of the {other:0.####} of release {active.Number}"));
    }

    /// <inheritdoc/>
    public override string ToString() => Text($"{Metric}>={Share}*active");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
