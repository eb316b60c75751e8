using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index verify</c>: checks an index file whole.</summary>
internal static class IndexVerifyCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var file = new Argument<string>("file") { Description = "The index file." };
        var command = new Command("verify", "Check every byte of an index file against its checksums, and the index in it.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var summary = await WorkDisplay.RunAsync(console, $"Verifying {path}", display => Task.Run(
                () => VectorIndexes.Verify(path, new Progress(display, $"verifying {path}"), cancellationToken), cancellationToken));
            Write(console, summary);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin index verify items.index"];
        return command;
    }

    private static void Write(CliConsole console, IndexFileSummary summary)
    {
        console.Tables.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{summary.Path}: {summary.Kind}, version {summary.KindVersion} (container {summary.FormatVersion}), {summary.SizeBytes:N0} bytes"));
        console.Tables.WriteLine(string.Join(", ", summary.Metadata.Select(entry => $"{entry.Key} = {entry.Value}")));
        var table = EvaluationTables.NewTable("section");
        EvaluationTables.AddNumber(table, "offset", "bytes", "bytes per element");
        foreach (var section in summary.Sections)
        {
            table.AddRow(Markup.Escape(section.Name), Number(section.Offset), Number(section.LengthBytes), Number(section.ElementBytes));
        }

        console.Tables.Write(table);
        console.Tables.WriteLine("All of it is as it was written.");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private sealed class Progress(WorkDisplay display, string text) : IProgress<IndexVerificationProgress>
    {
        public void Report(IndexVerificationProgress value) => display.Report(text, (double)value.VerifiedBytes / Math.Max(1, value.TotalBytes));
    }
}
