using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Serving.Releases;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin release</c>: which release servers serve, and where releases are.</summary>
internal static class ReleaseCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var command = new Command("release", "List releases, choose the one that is served, copy them, delete old ones. Servers of the home follow within a second.")
        {
            List(console, examples), Activate(console, examples), Rollback(console, examples), Prune(console, examples),
            Transfer(console, examples, "push", "Copy the releases that a shared folder lacks into it.", (home, shared) => (home, shared)),
            Transfer(console, examples, "pull", "Copy the releases that the home lacks from a shared folder.", (home, shared) => (shared, home)),
        };
        examples[command] = ["siskin release list", "siskin release activate 4", "siskin release rollback"];
        return command;
    }

    private static Command List(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new Command("list", "List the releases, newest first.") { home, json };
        command.SetAction(parsed =>
        {
            var store = new SiskinHome(parsed.GetRequiredValue(home)).Releases;
            var releases = ReleaseDocument.All(store);
            if (parsed.GetValue(json))
            {
                console.Output.WriteLine(JsonSerializer.Serialize(releases, JsonText.Context.ReleaseDocumentArray));
                return ExitCodes.Success;
            }

            if (releases.Length == 0)
            {
                throw new CliException($"there are no releases in '{store.Directory}'");
            }

            var table = new Table().AddColumns("release", "parent", "created", "MiB", "metrics", "state");
            foreach (var release in releases)
            {
                table.AddRow(
                    release.Number.ToString(CultureInfo.InvariantCulture),
                    release.Parent?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
                    release.CreatedAt?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? string.Empty,
                    release.Bytes is { } bytes ? (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture) : string.Empty,
                    Markup.Escape(string.Join(", ", release.Metrics?.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:0.####}")) ?? [])),
                    Markup.Escape(State(release)));
            }

            console.Tables.Write(table);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin release list", "siskin release list --home world --json"];
        return command;
    }

    private static string State(ReleaseDocument release) => string.Join("; ", new[]
    {
        release.IsActive ? release.IsPinned ? "active, pinned" : "active" : release.IsPrevious ? "previous" : null,
        release.Gate is { } gate ? $"gate {gate}: {release.GateReason}" : null,
        release.Fault,
    }.Where(part => part is not null));

    private static Command Activate(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var number = new Argument<int?>("NUMBER") { Description = "The release to stay with.", Arity = ArgumentArity.ZeroOrOne };
        var newest = new Option<bool>("--newest") { Description = "Follow the newest release again." };
        var command = new Command("activate", "Make servers serve a release and stay with it, or follow the newest again.") { number, newest, home };
        command.SetAction(parsed =>
        {
            var store = new SiskinHome(parsed.GetRequiredValue(home)).Releases;
            if (parsed.GetValue(number) is null == !parsed.GetValue(newest))
            {
                throw CliException.Usage("give the number of a release, or --newest");
            }

            if (store.List().Count == 0)
            {
                throw new CliException($"there are no releases in '{store.Directory}'");
            }

            if (parsed.GetValue(number) is { } wanted)
            {
                Demand(store, wanted);
                var before = store.Activate(wanted);
                console.Output.WriteLine($"Release {wanted} is active and pinned; before, it was release {before.Active}.");
            }
            else
            {
                var before = store.ActivateNewest();
                console.Output.WriteLine($"Servers follow the newest release, now {store.Choose().Active}; before, it was release {before.Active}.");
            }

            return ExitCodes.Success;
        });
        examples[command] = ["siskin release activate 4", "siskin release activate --newest"];
        return command;
    }

    private static Command Rollback(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var command = new Command("rollback", "Go back to the release that was active before, and stay with it. A server that served it has it in memory and changes at once; a second rollback goes back again.") { home };
        command.SetAction(parsed =>
        {
            try
            {
                var before = new SiskinHome(parsed.GetRequiredValue(home)).Releases.Rollback();
                console.Output.WriteLine($"Release {before.Previous} is active and pinned; before, it was release {before.Active}.");
                return ExitCodes.Success;
            }
            catch (InvalidOperationException e)
            {
                throw new CliException(e.Message, ExitCodes.Failure, e);
            }
        });
        examples[command] = ["siskin release rollback"];
        return command;
    }

    private static Command Prune(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var keep = CommonOptions.Ranged("--keep", 3, 1, 1000, "How many of the newest to keep; the active and the previous one stay in any case.");
        var command = new Command("prune", "Delete old releases.") { home, keep };
        command.SetAction(parsed =>
        {
            var store = new SiskinHome(parsed.GetRequiredValue(home)).Releases;
            console.Output.WriteLine(Numbers("deleted", store.Prune(parsed.GetValue(keep), keepPrevious: true), store.Directory));
            return ExitCodes.Success;
        });
        examples[command] = ["siskin release prune --keep 2"];
        return command;
    }

    private static Command Transfer(CliConsole console, Dictionary<Command, string[]> examples, string name, string description, Func<ReleaseStore, ReleaseStore, (ReleaseStore From, ReleaseStore To)> direction)
    {
        var home = CommonOptions.Home();
        var folder = new Argument<string>("FOLDER") { Description = "The shared folder; numbered releases lie in it as in a home's releases folder." };
        var newest = new Option<bool>("--newest") { Description = "Only the newest release." };
        var command = new Command(name, description + " Each is compared with its SHA-256 after the copy, and appears by a rename.") { folder, newest, home };
        command.SetAction((parsed, cancellationToken) =>
        {
            var shared = new ReleaseStore(Path.GetFullPath(parsed.GetRequiredValue(folder)));
            var (from, to) = direction(new SiskinHome(parsed.GetRequiredValue(home)).Releases, shared);
            if (from.List().Count == 0)
            {
                throw new CliException($"there are no releases in '{from.Directory}'");
            }

            console.Output.WriteLine(Numbers("copied", ReleaseTransfer.Copy(from, to, parsed.GetValue(newest), cancellationToken), to.Directory));
            return Task.FromResult(ExitCodes.Success);
        });
        examples[command] = [$"siskin release {name} /mnt/releases --newest"];
        return command;
    }

    private static string Numbers(string done, IReadOnlyList<int> numbers, string folder) =>
        numbers.Count == 0 ? $"Nothing {done}: {folder} is as it should be." : $"{(numbers.Count == 1 ? "Release" : "Releases")} {string.Join(", ", numbers)} {done}.";

    private static void Demand(ReleaseStore store, int number)
    {
        if (!store.List().Contains(number))
        {
            throw new CliException($"there is no release {number} in '{store.Directory}'; there are {string.Join(", ", store.List())}");
        }
    }
}
