using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Cli.Hosting;
using Siskin.Serving.Releases;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin serve</c>: a home over HTTP.</summary>
internal static class ServeCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var urls = CommonOptions.Urls();
        var keys = new Option<string[]>("--api-key") { Description = "A key that requests must carry; may be given several times.", HelpName = "KEY", DefaultValueFactory = _ => [] };
        var anonymous = new Option<bool>("--allow-anonymous") { Description = "Serve other machines without a key." };
        var clock = CommonOptions.OneOf("--clock", "wall", "wall: now is now; data: now begins at the newest event of the release.", "wall", "data");
        var every = Interval("--retrain-every", "Train anew at this interval, in a process of low priority: 90s, 30m, 6h or 1d.");
        var gate = Gate();
        var retrainOptions = new Option<string?>("--retrain-options") { Description = "Options for these trainings, as of siskin train: \"--tune none --keep 5\".", HelpName = "TEXT" };
        var command = new Command("serve", "Serve a home over HTTP; newer releases are taken up while it runs.") { home, urls, keys, anonymous, clock, every, gate, retrainOptions };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var place = new SiskinHome(parsed.GetRequiredValue(home));
            var settings = new ServeSettings
            {
                Home = place,
                Urls = CommonOptions.UrlsOf(parsed.GetRequiredValue(urls)),
                ApiKeys = parsed.GetRequiredValue(keys),
                AllowAnonymous = parsed.GetValue(anonymous),
                Scenes = place.ReadScenes(),
                Time = parsed.GetRequiredValue(clock) == "data" ? DataClock.Of(place) : TimeProvider.System,
                Retraining = parsed.GetValue(every) is { } interval
                    ? new Retraining
                    {
                        Every = IntervalOf(interval)!.Value,
                        Gate = parsed.GetRequiredValue(gate) is "none" ? null : GateRule.TryParse(parsed.GetRequiredValue(gate)),
                        Options = parsed.GetValue(retrainOptions)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
                    }
                    : null,
                OnReady = addresses => console.Output.WriteLine($"Serving {place.Directory} at {string.Join(", ", addresses)}; Ctrl-C ends it."),
            };
            await ServerHost.RunAsync(settings, cancellationToken);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin serve", "siskin serve --home world --urls http://0.0.0.0:8080 --api-key 0123456789abcdef", "siskin serve --retrain-every 6h --gate \"ndcg@10>=0.95*active\""];
        return command;
    }

    /// <summary>A time such as 90s, 30m, 6h or 1d; null when the text is none, or the time is below a second or above 40 days.</summary>
    internal static TimeSpan? IntervalOf(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            return null;
        }

        var seconds = text[^1] switch { 's' => 1L, 'm' => 60L, 'h' => 3_600L, 'd' => 86_400L, _ => 0L } * number;
        return seconds is >= 1 and <= 40L * 86_400 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static Option<string?> Interval(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && IntervalOf(result.Tokens[0].Value) is null)
            {
                result.AddError($"{name} is '{result.Tokens[0].Value}'; a number with s, m, h or d is allowed, up to 40 days");
            }
        });
        return option;
    }

    private static Option<string> Gate()
    {
        var option = new Option<string>("--gate")
        {
            Description = "What a release of --retrain-every must be worth beside the active one, by a metric of its training; none for nothing.",
            HelpName = "METRIC>=SHARE*active",
            DefaultValueFactory = _ => GateRule.Default.ToString(),
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is not "none" && GateRule.TryParse(result.Tokens[0].Value) is null)
            {
                result.AddError($"--gate is '{result.Tokens[0].Value}'; none, or a rule such as {GateRule.Default} is allowed");
            }
        });
        return option;
    }
}
