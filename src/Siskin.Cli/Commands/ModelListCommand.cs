using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model list</c>: what the registry of a home holds.</summary>
internal static class ModelListCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var name = new Argument<string?>("name") { Description = "Only this model.", Arity = ArgumentArity.ZeroOrOne };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("list", "List the models of a home: versions, stages, labels, and where they come from.") { name, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (registry, control) = new SiskinHome(parsed.GetRequiredValue(home)).OpenModels();
            await using var closing = control;
            var rows = new List<RegisteredModel>();
            foreach (var model in registry.Names.Where(model => parsed.GetValue(name) is not { } one || one == model))
            {
                var record = await registry.ReadAsync(model, cancellationToken);
                foreach (var version in registry.Versions(model))
                {
                    rows.Add(RegisteredModel.Of(model, version, record));
                }
            }

            if (parsed.GetValue(name) is { } wanted && rows.Count == 0)
            {
                throw new CliException($"there is no model '{wanted}' in {registry.Folder}");
            }

            if (parsed.GetValue(json))
            {
                await console.Output.WriteLineAsync(JsonSerializer.Serialize(rows.ToArray(), JsonText.Context.RegisteredModelArray));
                return ExitCodes.Success;
            }

            var table = new Table().AddColumns("model", "version", "kind", "stage", "labels", "policy", "release", "parent", "metrics", "added", "hash");
            foreach (var row in rows)
            {
                var metrics = string.Join(' ', row.Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Key}={metric.Value:0.####}")));
                table.AddRow(
                    Markup.Escape(row.Name), row.Version.ToString(CultureInfo.InvariantCulture), Markup.Escape(row.Kind), row.Stage, Markup.Escape(string.Join(' ', row.Labels)), row.Policy,
                    row.Release == 0 ? string.Empty : row.Release.ToString(CultureInfo.InvariantCulture), Markup.Escape(row.Parent ?? string.Empty), Markup.Escape(metrics), row.AddedAt?.ToString("u", CultureInfo.InvariantCulture) ?? string.Empty, row.Hash.Length > 12 ? row.Hash[..12] : row.Hash);
            }

            console.Tables.Write(table);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin model list", "siskin model list for-you --json"];
        return command;
    }
}
