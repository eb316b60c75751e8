using System.CommandLine;
using Siskin.Cli.Homes;
using Siskin.Cli.Hosting;

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
        var command = new Command("serve", "Serve a home over HTTP; newer releases are taken up while it runs.") { home, urls, keys, anonymous, clock };
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
                OnReady = addresses => console.Output.WriteLine($"Serving {place.Directory} at {string.Join(", ", addresses)}; Ctrl-C ends it."),
            };
            await ServerHost.RunAsync(settings, cancellationToken);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin serve", "siskin serve --home world --urls http://0.0.0.0:8080 --api-key 0123456789abcdef"];
        return command;
    }
}
