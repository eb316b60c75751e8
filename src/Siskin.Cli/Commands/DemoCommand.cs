using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Homes;
using Siskin.Cli.Hosting;
using Siskin.Cli.Output;
using Siskin.Data.Datasets;
using Siskin.Offline.Jobs;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin demo</c>: from nothing to a server, with everything shown on the way.</summary>
internal static class DemoCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var data = new Option<string?>("--data") { Description = "A data set to show instead of the synthetic world; 'siskin datasets' lists the formats.", HelpName = "DATASET" };
        var home = new Option<string?>("--home") { Description = "The folder to use (default: siskin-demo among the temporary files); a demo's folder is made anew each time.", HelpName = "DIR" };
        var urls = CommonOptions.Urls();
        var noServe = new Option<bool>("--no-serve") { Description = "End after the evaluation." };
        var seed = CommonOptions.Ranged("--seed", 1, int.MinValue, int.MaxValue, "Which synthetic world.");
        var command = new Command("demo", "Make a synthetic world (or take a data set), train, recommend, evaluate and serve.") { data, home, urls, noServe, seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var specification = parsed.GetValue(data) ?? string.Create(CultureInfo.InvariantCulture, $"synthetic:users=5000,items=2000,events=300000,seed={parsed.GetValue(seed)}");
            var place = new SiskinHome(parsed.GetValue(home) ?? Path.Combine(Path.GetTempPath(), "siskin-demo"));
            var demo = new Demo(console, place);
            await demo.PrepareAsync(specification, cancellationToken);
            await demo.EvaluateAsync(cancellationToken);
            if (!parsed.GetValue(noServe))
            {
                await demo.ServeAsync(CommonOptions.UrlsOf(parsed.GetRequiredValue(urls)), cancellationToken);
            }

            return ExitCodes.Success;
        });
        examples[command] = ["siskin demo", "siskin demo --data ../data/ml-100k --no-serve", "siskin demo --home world --urls http://127.0.0.1:9000"];
        return command;
    }

    private sealed class Demo(CliConsole console, SiskinHome home)
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private EvaluationInput? _input;
        private string _user = string.Empty;
        private string _item = string.Empty;

        /// <summary>Imports, trains and recommends: something to look at as early as possible.</summary>
        public async Task PrepareAsync(string specification, CancellationToken cancellationToken)
        {
            var source = await DatasetFormats.OpenAsync(specification, cancellationToken: cancellationToken);
            home.Recreate();
            home.WriteDescription(new HomeDescription { IsDemo = true });
            var import = await new ImportRun(console, home).RunAsync(source, specification, cancellationToken);
            console.Tables.WriteLine($"Imported {source.Name} into {home.Directory}: {ImportCommand.Describe(import)}");

            var started = Stopwatch.GetTimestamp();
            _input = await EvaluationInput.ReadAsync(home, console, cancellationToken);
            console.Tables.WriteLine(Step("Read the home's data", started));

            var (manifest, elapsed) = await TrainRun.RunAsync(_input.Data, home, new TrainingSettings(), TuningEffort.None, 3, console, cancellationToken);
            console.Tables.WriteLine($"Trained: {TrainCommand.Describe(manifest, home, elapsed)}");

            await using (var live = await LiveHome.OpenAsync(home, console, cancellationToken))
            {
                (_user, _item) = TypicalUser(live.Release);
                var request = new RecommendationRequest { Scene = "home", User = _user, Explain = true };
                var response = await RecommendCommand.RespondAsync(live, request, cancellationToken);
                console.Tables.WriteLine();
                await RecommendationTables.WriteAsync(console.Tables, live, response, cancellationToken);
                console.Tables.WriteLine(Step("From nothing to the first recommendations", _started));
            }

            // Test parts are not imported: they are read from the data set itself.
            if (await HasTestPartAsync(source, cancellationToken))
            {
                _input = await EvaluationInput.ReadAsync(source, console, cancellationToken);
            }
        }

        public async Task EvaluateAsync(CancellationToken cancellationToken)
        {
            foreach (var split in Evaluator.DefaultSplits(_input!))
            {
                var report = await Evaluator.RunAsync(_input!, split, new EvaluationOptions(), null, console, cancellationToken);
                EvaluationTables.WriteReport(console.Tables, report);
                if (report.Channels is { } channels)
                {
                    EvaluationTables.WriteChannels(console.Tables, split, channels);
                }
            }
        }

        public Task ServeAsync(IReadOnlyList<string> urls, CancellationToken cancellationToken) => ServerHost.RunAsync(
            new ServeSettings { Home = home, Urls = urls, Scenes = home.ReadScenes(), Time = DataClock.Of(home), OnReady = ShowAddresses },
            cancellationToken);

        private void ShowAddresses(IReadOnlyList<string> addresses)
        {
            var url = addresses[0].TrimEnd('/');
            console.Output.WriteLine();
            console.Output.WriteLine($"Serving at {string.Join(", ", addresses)}; Ctrl-C ends it. Try:");
            console.Output.WriteLine($"  curl -s '{url}/v1/recommend/home?user={Uri.EscapeDataString(_user)}&count=5'");
            console.Output.WriteLine($"  curl -s '{url}/v1/items/{Uri.EscapeDataString(_item)}/similar?count=5'");
            console.Output.WriteLine($"  curl -s {url}/v1/scenes");
        }

        private static string Step(string what, long started) =>
            string.Create(CultureInfo.InvariantCulture, $"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");

        /// <summary>Of the users with about twenty items, the one who was active last, and what that was about.</summary>
        private static (string User, string Item) TypicalUser(Release release)
        {
            var histories = release.Histories;
            var best = (Distance: int.MaxValue, Last: long.MinValue, User: -1);
            for (var user = 0; user < release.Users.Ids.Count; user++)
            {
                var length = histories.Starts[user + 1] - histories.Starts[user];
                if (length == 0)
                {
                    continue;
                }

                var distance = length is >= 10 and <= 40 ? 0 : Math.Abs(length - 20);
                var last = histories.TimesMs[histories.Starts[user + 1] - 1];
                if (distance < best.Distance || (distance == best.Distance && last > best.Last))
                {
                    best = (distance, last, user);
                }
            }

            return best.User >= 0
                ? (release.Users.Ids[best.User], release.Items[histories.Items[histories.Starts[best.User + 1] - 1]].Id)
                : throw new CliException("the data has no events, so that there is nobody to recommend to");
        }

        private static async Task<bool> HasTestPartAsync(IDatasetSource source, CancellationToken cancellationToken)
        {
            await foreach (var _ in source.ReadTestEventsAsync(new DatasetReadContext(), cancellationToken))
            {
                return true;
            }

            return false;
        }
    }
}
