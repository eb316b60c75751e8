using Siskin.Vectors;

namespace Siskin.Serving.Releases;

/// <summary>Lets releases that wait for a gate pass, or refuses them.</summary>
public static class ReleaseJudge
{
    /// <summary>Decides on every release that waits, oldest first, and marks it.</summary>
    /// <param name="store">The releases.</param>
    /// <param name="rule">What they must be worth; null lets all pass.</param>
    /// <returns>The marks that were made.</returns>
    /// <exception cref="ModelFormatException">The pin is damaged, so that it is not known what they compare with; nothing is marked.</exception>
    public static IReadOnlyList<ReleaseGate> Judge(ReleaseStore store, GateRule? rule)
    {
        ArgumentNullException.ThrowIfNull(store);
        var marks = new List<ReleaseGate>();
        foreach (var number in store.List())
        {
            if (store.ReadGate(number) is { State: GateState.Held })
            {
                var (passes, reason) = Decide(store, number, rule);
                store.WriteGate(number, passes ? GateState.Passed : GateState.Refused, reason);
                marks.Add(store.ReadGate(number)!);
            }
        }

        return marks;
    }

    private static (bool Passes, string Reason) Decide(ReleaseStore store, int number, GateRule? rule)
    {
        var active = store.Choose().Active;
        try
        {
            var candidate = store.ReadManifest(number);
            return rule is null
                ? (true, "there is no gate")
                : rule.Decide(candidate, active > 0 ? store.ReadManifest(active) : null);
        }
        catch (ModelFormatException e)
        {
            return (false, e.Message);
        }
    }
}
