using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;

namespace Siskin.Offline.Jobs;

/// <summary>A part to learn from, and what is held back from it.</summary>
/// <param name="Train">The part to learn from.</param>
/// <param name="Held">What is held back.</param>
internal sealed record Split(TrainingPart Train, Interaction[] Held)
{
    private const double HeldShare = 0.2;
    private const double RandomShare = 0.1;
    private const int Seed = 1;

    /// <summary>Cuts a part in two.</summary>
    public static Split Of(TrainingPart part, SplitKind kind)
    {
        var parts = kind switch
        {
            SplitKind.PerUser => DataSplits.PerUserTemporal(part.Pairs, HeldShare),
            SplitKind.Global => DataSplits.GlobalTemporal(part.Pairs, 1 - HeldShare),
            _ => DataSplits.PerUserRandom(part.Pairs, RandomShare, Seed),
        };

        // Of the pairs before a global cut, events after the cut would tell of the future.
        var until = part.UntilMs;
        if (kind == SplitKind.Global)
        {
            foreach (var pair in parts.Test)
            {
                until = Math.Min(until, pair.TimeMs);
            }
        }

        return new Split(TrainingPart.Of(part.Data, parts.Train, until), parts.Test);
    }
}
