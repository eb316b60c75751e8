using System.Globalization;
using System.Text;

namespace Siskin.Vectors.Lsh;

/// <summary>What <see cref="LshTuner"/> chose, and the curve that it chose from.</summary>
public sealed class LshTuning
{
    internal LshTuning(LshTuningPoint chosen, IReadOnlyList<LshTuningPoint> points, double exactMicroseconds, double wantedRecall, TimeSpan elapsed)
    {
        Chosen = chosen;
        Points = points;
        ExactMicroseconds = exactMicroseconds;
        WantedRecall = wantedRecall;
        Elapsed = elapsed;
    }

    /// <summary>The cheapest point that reaches the wanted recall, or the one with the best recall when none does.</summary>
    public LshTuningPoint Chosen { get; }

    /// <summary>The settings to build with: those of <see cref="Chosen"/>.</summary>
    public LshOptions Options => Chosen.Options;

    /// <summary>All that was measured, by policy and then by recall.</summary>
    public IReadOnlyList<LshTuningPoint> Points { get; }

    /// <summary>Time of a query of the exact index over all rows, on one thread, measured in the same run.</summary>
    public double ExactMicroseconds { get; }

    /// <summary>The recall that was asked for.</summary>
    public double WantedRecall { get; }

    /// <summary>How long tuning took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Whether the wanted recall was reached.</summary>
    public bool ReachedRecall => Chosen.Recall >= WantedRecall;

    /// <summary>Points of a policy that no other of it beats in both recall and time, by rising recall.</summary>
    /// <param name="policy">Which policy.</param>
    public IReadOnlyList<LshTuningPoint> Frontier(LshPolicy policy)
    {
        var frontier = new List<LshTuningPoint>();
        foreach (var point in Points.Where(point => point.Options.Policy == policy).OrderByDescending(point => point.Recall).ThenBy(point => point.Microseconds))
        {
            if (frontier.Count == 0 || point.Microseconds < frontier[^1].Microseconds)
            {
                frontier.Add(point);
            }
        }

        frontier.Reverse();
        return frontier;
    }

    /// <summary>The frontier of every policy as a table, the chosen point marked with a star and extrapolated ones with a tilde.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("recall   µs/query  x exact   scanned  compared  parameters");
        foreach (var policy in Enum.GetValues<LshPolicy>())
        {
            foreach (var point in Frontier(policy).Append(Chosen).Where(point => point.Options.Policy == policy).Distinct())
            {
                text.AppendLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.Recall:F4} {point.Microseconds,10:F1} {ExactMicroseconds / point.Microseconds,8:F1} {point.Scanned,9:F0} {point.Compared,9:F0}  {(point.IsExtrapolated ? "~" : " ")}{(point == Chosen ? "*" : " ")}{point.Parameters}"));
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"exact: {ExactMicroseconds:F1} µs/query; tuned in {Elapsed.TotalSeconds:F1} s");
        return text.ToString();
    }
}
