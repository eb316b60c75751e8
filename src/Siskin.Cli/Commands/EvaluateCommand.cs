using System.CommandLine;
using System.Text.Json;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin evaluate</c>: how good the recommenders are on data held back.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = new Option<string?>("--home") { Description = $"The folder whose data is evaluated (default: {SiskinHome.DefaultDirectory}).", HelpName = "DIR" };
        var dataset = new Option<string?>("--dataset") { Description = "Evaluate a data set without importing it.", HelpName = "DATASET" };
        var split = CommonOptions.List("--split", "per-user,global,own", "How to hold back a test part (default: own where the data has a test part, else per-user,global).");
        var tune = CommonOptions.Tune();
        var dimensions = CommonOptions.Dimensions();
        var epochs = CommonOptions.Epochs();
        var rank = CommonOptions.Rank();
        var k = new Option<string>("--k") { Description = "Lengths of the lists that are judged, separated by commas.", HelpName = "10,20", DefaultValueFactory = _ => "10,20" };
        var noPipeline = new Option<bool>("--no-pipeline") { Description = "Leave out the whole pipeline and its channels." };
        var seeds = CommonOptions.List("--seeds", "1,2,3", "With --model: train with each of these seeds; for synthetic data sets: evaluate several worlds. Mean and deviation are given.");
        var experiment = new ExperimentCommand();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Judge popularity, item-CF, iALS and the whole pipeline on data held back, by ranking the full catalogue.")
        {
            home, dataset, split, tune, dimensions, epochs, rank, k, noPipeline, seeds, json,
        };
        foreach (var option in experiment.Options)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (experiment.IsWanted(parsed))
            {
                if (parsed.GetValue(home) is not null)
                {
                    throw CliException.Usage("--model judges on a --dataset, not on a --home");
                }

                var numbers = parsed.GetValue(seeds) is { } given ? CommonOptions.Numbers("--seeds", given, int.MinValue, int.MaxValue) : [];
                await experiment.RunAsync(parsed, parsed.GetValue(dataset), numbers, parsed.GetValue(json), console, cancellationToken);
                return ExitCodes.Success;
            }

            experiment.CheckUnused(parsed);
            var (folder, specification) = (parsed.GetValue(home), parsed.GetValue(dataset));
            if (folder is not null && specification is not null)
            {
                throw CliException.Usage("--home and --dataset exclude each other");
            }

            var settings = CommonOptions.Settings(parsed.GetValue(dimensions), parsed.GetValue(epochs)) with { Ranker = CommonOptions.RankerOf(parsed.GetRequiredValue(rank)) };
            var options = new EvaluationOptions
            {
                Lengths = CommonOptions.Numbers("--k", parsed.GetRequiredValue(k), 1, 1000),
                Settings = settings,
                Effort = CommonOptions.Named<TuningEffort>(parsed.GetRequiredValue(tune)),
                RunPipeline = !parsed.GetValue(noPipeline),
            };
            var run = new Run(console, options, SplitsOf(parsed.GetValue(split)), parsed.GetValue(json));
            if (parsed.GetValue(seeds) is { } list)
            {
                await run.SeedsAsync(specification, CommonOptions.Numbers("--seeds", list, int.MinValue, int.MaxValue), cancellationToken);
                return ExitCodes.Success;
            }

            var input = specification is null
                ? await EvaluationInput.ReadAsync(new SiskinHome(folder ?? SiskinHome.DefaultDirectory), console, cancellationToken)
                : await EvaluationInput.ReadAsync(await DatasetFormats.OpenAsync(specification, cancellationToken: cancellationToken), console, cancellationToken);
            await run.OneAsync(input, null, cancellationToken);
            run.Finish(input.Name);
            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin evaluate",
            "siskin evaluate --dataset ../data/ml-100k --split per-user --tune thorough",
            "siskin evaluate --dataset adjacency:../data/gowalla --model spectral-filter,slim --protocol lightgcn-split --json",
            "siskin evaluate --dataset ctr-csv:../data/movielens-ctr --model deepfm --set layers=64,32 --seeds 1,2,3 --curve deepfm.svg",
            "siskin evaluate --dataset synthetic:users=2000,items=1000,events=100000 --seeds 1,2,3 --json",
        ];
        return command;
    }

    private static string[] SplitsOf(string? text)
    {
        var splits = CommonOptions.Split(text);
        return splits.FirstOrDefault(split => !Evaluator.Splits.Contains(split)) is { } unknown
            ? throw CliException.Usage($"--split: '{unknown}' is not one of {string.Join(", ", Evaluator.Splits)}")
            : [.. splits.Distinct(StringComparer.Ordinal)];
    }

    private sealed class Run(CliConsole console, EvaluationOptions options, string[] splits, bool isJson)
    {
        private readonly List<SplitReport> _reports = [];

        public async Task SeedsAsync(string? specification, int[] seeds, CancellationToken cancellationToken)
        {
            if (specification is null || await DatasetFormats.OpenAsync(specification, cancellationToken: cancellationToken) is not SyntheticWorld world)
            {
                throw CliException.Usage("--seeds is for synthetic data sets: --dataset synthetic:…");
            }

            foreach (var seed in seeds)
            {
                var input = await EvaluationInput.ReadAsync(new SyntheticWorld(world.Options with { Seed = seed }), console, cancellationToken);
                await OneAsync(input, seed, cancellationToken);
            }

            Finish(specification, SeedSummaries.Of(_reports));
        }

        /// <summary>Evaluates under each split; without a seed, tables are written as soon as they are there.</summary>
        public async Task OneAsync(EvaluationInput input, int? seed, CancellationToken cancellationToken)
        {
            foreach (var split in splits.Length > 0 ? splits : Evaluator.DefaultSplits(input))
            {
                var report = await Evaluator.RunAsync(input, split, options, seed, console, cancellationToken);
                _reports.Add(report);
                if (!isJson && seed is null)
                {
                    EvaluationTables.WriteReport(console.Tables, report);
                    if (report.Channels is { } channels)
                    {
                        EvaluationTables.WriteChannels(console.Tables, split, channels);
                    }
                }
            }
        }

        public void Finish(string name, IReadOnlyList<SeedSummary>? summaries = null)
        {
            if (isJson)
            {
                console.Output.WriteLine(JsonSerializer.Serialize(new EvaluationDocument(name, _reports, summaries), JsonText.Context.EvaluationDocument));
                return;
            }

            foreach (var summary in summaries ?? [])
            {
                EvaluationTables.WriteSummary(console.Tables, summary);
            }
        }
    }
}
