using System.CommandLine;
using System.Text.Json;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Serving.Pipeline;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin recommend</c>: lists from a home's newest release, without a server.</summary>
internal static class RecommendCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var user = new Option<string?>("--user") { Description = "For whom; a visitor without a name when left out.", HelpName = "ID" };
        var scene = new Option<string>("--scene") { Description = "Where the list would be shown: home, similar, feed, or one of scenes.json.", HelpName = "NAME", DefaultValueFactory = _ => "home" };
        var count = CommonOptions.Ranged("--count", 10, 1, 1000, "How many items.");
        var explain = new Option<bool>("--explain") { Description = "Show what each channel and each stage did." };
        var item = new Option<string?>("--item") { Description = "The item being looked at.", HelpName = "ID" };
        var recent = CommonOptions.List("--recent", "a,b", "Items consumed lately and not stored, oldest first, separated by commas.");
        var param = new Option<string[]>("--param") { Description = "A parameter of the scene, replaced; may be given several times.", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
        var json = CommonOptions.Json();
        var all = new Option<bool>("--all") { Description = "Lists for all users, as JSON lines into --output." };
        var output = new Option<string?>("--output") { Description = "For --all: the file to write.", HelpName = "FILE" };
        var command = new Command("recommend", "Recommend from a home's newest release and the events since, without a server.")
        {
            user, scene, count, explain, item, recent, param, json, all, output, home,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) != (result.GetValue(output) is not null))
            {
                result.AddError("--all and --output FILE belong together");
            }
            else if (result.GetValue(all) && (result.GetValue(user) is not null || result.GetValue(item) is not null || result.GetValue(recent) is not null || result.GetValue(explain) || result.GetValue(json)))
            {
                result.AddError("--all goes with --scene, --count and --param only");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new RecommendationRequest
            {
                Scene = parsed.GetRequiredValue(scene),
                User = parsed.GetValue(user),
                Item = parsed.GetValue(item),
                RecentItems = CommonOptions.Split(parsed.GetValue(recent)),
                Count = parsed.GetValue(count),
                Parameters = ParametersOf(parsed.GetRequiredValue(param)),

                // The table says which item of the history led to a recommendation; only an explained answer knows.
                Explain = parsed.GetValue(explain) || !parsed.GetValue(json),
            };
            await using var live = await LiveHome.OpenAsync(new SiskinHome(parsed.GetRequiredValue(home)), console, cancellationToken);
            if (parsed.GetValue(all))
            {
                await BatchRecommendation.RunAsync(live, request with { Explain = false }, parsed.GetRequiredValue(output)!, console, cancellationToken);
                return ExitCodes.Success;
            }

            var response = await RespondAsync(live, request, cancellationToken);
            if (parsed.GetValue(json))
            {
                await console.Output.WriteLineAsync(JsonSerializer.Serialize(response, JsonText.Context.RecommendationResponse));
                return ExitCodes.Success;
            }

            await RecommendationTables.WriteAsync(console.Tables, live, response, cancellationToken);
            if (parsed.GetValue(explain))
            {
                RecommendationTables.WriteTrace(console.Tables, response.Trace!);
            }

            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin recommend --user 42",
            "siskin recommend --user 42 --count 5 --explain --param reRank.diversity=0.3",
            "siskin recommend --scene similar --item 50",
            "siskin recommend --all --output lists.jsonl --count 20",
        ];
        return command;
    }

    /// <summary>Answers a request; the first answer of a process is not held to the deadline, since it compiles the pipeline.</summary>
    internal static ValueTask<RecommendationResponse> RespondAsync(LiveHome live, RecommendationRequest request, CancellationToken cancellationToken) =>
        live.Recommender.RecommendAsync(WithoutDeadline(request), cancellationToken);

    internal static RecommendationRequest WithoutDeadline(RecommendationRequest request)
    {
        if (request.Parameters.ContainsKey("deadlineMs"))
        {
            return request;
        }

        return request with { Parameters = new Dictionary<string, string>(request.Parameters, StringComparer.Ordinal) { ["deadlineMs"] = "600000" } };
    }

    private static Dictionary<string, string> ParametersOf(string[] entries)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var equals = entry.IndexOf('=');
            if (equals < 1)
            {
                throw CliException.Usage($"--param: '{entry}' is not of the form name=value");
            }

            parameters[entry[..equals]] = entry[(equals + 1)..];
        }

        return parameters;
    }
}
