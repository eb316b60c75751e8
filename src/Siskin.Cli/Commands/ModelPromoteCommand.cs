using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Inference.Registry;
using Siskin.Models.Scoring;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model promote</c> and <c>rollback</c>: which version a label means.</summary>
internal static class ModelPromoteCommand
{
    public static Command Promote(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var model = Model("The version, as NAME@VERSION, or NAME:LABEL to give its version another label; a bare NAME means the newest.");
        var (home, label) = (CommonOptions.Home(), Label());
        var policy = new Option<string?>("--policy") { Description = "Which versions are loaded besides labelled ones: latest:N, all, or specific:V,V,…", HelpName = "POLICY" };
        var command = new Command("promote", "Give a version a label; running servers follow within a second.") { model, home, label, policy };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (registry, control) = new SiskinHome(parsed.GetRequiredValue(home)).OpenModels();
            await using var closing = control;
            var reference = parsed.GetRequiredValue(model);
            var version = reference is { Version: null, Label: null }
                ? registry.Versions(reference.Name) is [.., var newest] ? newest : throw new CliException($"there is no model '{reference.Name}' in {registry.Folder}")
                : await ModelErrors.Translate(registry.ResolveAsync(reference, cancellationToken));
            await ModelErrors.Translate(registry.PromoteAsync(reference.Name, version, parsed.GetRequiredValue(label), cancellationToken));
            if (parsed.GetValue(policy) is { } text)
            {
                await registry.SetPolicyAsync(reference.Name, PolicyOf(text), cancellationToken);
            }

            await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reference.Name}:{parsed.GetRequiredValue(label)} is version {version}"));
            return ExitCodes.Success;
        });
        examples[command] = ["siskin model promote for-you@3", "siskin model promote for-you@4 --label canary"];
        return command;
    }

    public static Command RollBack(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var model = new Argument<string>("name") { Description = "Name of the model." };
        var (home, label) = (CommonOptions.Home(), Label());
        var command = new Command("rollback", "Give a label back to the version that had it before; running servers follow within a second.") { model, home, label };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (registry, control) = new SiskinHome(parsed.GetRequiredValue(home)).OpenModels();
            await using var closing = control;
            var (name, text) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(label));
            var version = await ModelErrors.Translate(registry.RollBackAsync(name, text, cancellationToken));
            await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}:{text} is version {version} again"));
            return ExitCodes.Success;
        });
        examples[command] = ["siskin model rollback for-you"];
        return command;
    }

    public static Argument<ModelReference> Model(string description) => new("model")
    {
        Description = description,
        CustomParser = result =>
        {
            try
            {
                return ModelReference.Parse(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return null;
            }
        },
    };

    private static Option<string> Label() => new("--label") { Description = "The label.", HelpName = "LABEL", DefaultValueFactory = _ => "stable" };

    private static VersionPolicy PolicyOf(string text)
    {
        try
        {
            return VersionPolicy.Parse(text);
        }
        catch (FormatException e)
        {
            throw CliException.Usage(e.Message);
        }
    }
}
