using Siskin.Cli.Output;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Evaluation;

/// <summary>Evaluates data under several splits.</summary>
internal static class Evaluator
{
    public static IReadOnlyList<string> Splits { get; } = ["per-user", "global", "own"];

    /// <summary>The splits to run when none are named.</summary>
    public static IReadOnlyList<string> DefaultSplits(EvaluationInput input) => input.Test.Length > 0 ? ["own"] : ["per-user", "global"];

    /// <summary>Evaluates under one split.</summary>
    /// <exception cref="CliException">The split needs a test part and there is none, or there is nothing to learn from.</exception>
    public static async Task<SplitReport> RunAsync(
        EvaluationInput input, string split, EvaluationOptions options, int? seed, CliConsole console, CancellationToken cancellationToken)
    {
        if (split == "own" && input.Test.Length == 0)
        {
            throw CliException.Usage($"{input.Name} has no test part of its own; use --split per-user,global");
        }

        if (input.Data.Pairs.Length == 0)
        {
            throw new CliException($"{input.Name} has no events that say what users like; there is nothing to evaluate");
        }

        if (input.World is { } world)
        {
            options = options with { Oracle = new SyntheticTruth(world, input.Data).Score };
        }

        var report = await WorkDisplay.RunAsync(console, $"Evaluating {input.Name}, split {split}", display =>
        {
            var progress = new StepProgress(display);
            return Task.Run(
                () => split switch
                {
                    "per-user" => EvaluateJob.RunAsync(input.Data, SplitKind.PerUser, options, progress, cancellationToken),
                    "global" => EvaluateJob.RunAsync(input.Data, SplitKind.Global, options, progress, cancellationToken),
                    _ => EvaluateJob.RunAsync(input.Data, input.Test, options, progress, cancellationToken),
                },
                cancellationToken);
        }).ConfigureAwait(false);
        return SplitReport.Of(split, seed, report);
    }
}
