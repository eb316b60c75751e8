using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Options;
using Siskin.Cli.Commands;
using Siskin.Data.Datasets;
using Siskin.Models.Training;
using Siskin.Serving.Pipeline;
using Siskin.Vectors;

namespace Siskin.Cli;

/// <summary>The program: its commands, and what its failures look like.</summary>
internal static class SiskinApp
{
    /// <summary>Runs the program once.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken cancellationToken = default)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show the stack of an error.", Recursive = true };
        var parsed = Root(console, verbose).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await console.Error.WriteLineAsync($"siskin: {error.Message}");
            }

            await console.Error.WriteLineAsync($"Try: {CommandLine(parsed.CommandResult.Command)} --help");
            return ExitCodes.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = console.Output,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,

                // Signals are handled by Interruption, which lets a command take the time that it needs to end.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && IsCancellation(e))
        {
            await console.Error.WriteLineAsync("siskin: cancelled; nothing is left half-written");
            return ExitCodes.Interrupted;
        }
        catch (Exception e)
        {
            var (message, code) = Explain(e);
            await console.Error.WriteLineAsync($"siskin: {message}");
            if (parsed.GetValue(verbose))
            {
                await console.Error.WriteLineAsync(e.ToString());
            }

            return code;
        }
    }

    /// <summary>One line for a person, and the exit code.</summary>
    internal static (string Message, int ExitCode) Explain(Exception error) => error switch
    {
        CliException e => (e.Message, e.ExitCode),
        RequestException e => ($"{e.Field} {e.Message}", ExitCodes.Usage),
        TrainingDivergedException or ArithmeticException or DatasetFormatException or ModelFormatException or IOException or InvalidDataException or UnauthorizedAccessException => (OneLine(error.Message), ExitCodes.Failure),
        OptionsValidationException e => (string.Join("; ", e.Failures), ExitCodes.Usage),
        ArgumentException e => (OneLine(WithoutParameter(e)), ExitCodes.Usage),
        AggregateException { InnerExceptions: [var inner] } => Explain(inner),
        _ => ($"an unexpected {error.GetType().Name}: {OneLine(error.Message)} (--verbose shows where)", ExitCodes.Failure),
    };

    private static bool IsCancellation(Exception e) =>
        e is OperationCanceledException || (e is AggregateException many && many.Flatten().InnerExceptions.All(IsCancellation));

    private static string WithoutParameter(ArgumentException e) =>
        e.ParamName is { } name ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : e.Message;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    internal static RootCommand Root(CliConsole console, Option<bool> verbose)
    {
        var examples = new Dictionary<Command, string[]>();
        var root = new RootCommand("Siskin, a recommendation engine: imports data, trains, evaluates, recommends and serves.") { verbose };
        root.Add(DemoCommand.Create(console, examples));
        root.Add(ImportCommand.Create(console, examples));
        root.Add(TrainCommand.Create(console, examples));
        root.Add(EvaluateCommand.Create(console, examples));
        root.Add(ModelsCommand.Create(console, examples));
        root.Add(RecommendCommand.Create(console, examples));
        root.Add(ServeCommand.Create(console, examples));
        root.Add(ReleaseCommand.Create(console, examples));
        root.Add(DatasetsCommand.Create(console, examples));
        root.Add(IndexCommand.Create(console, examples));
        root.Add(ModelCommand.Create(console, examples));
        examples[root] = ["siskin demo", "siskin import ../data/ml-100k && siskin train && siskin recommend --user 42"];
        var help = root.Options.OfType<HelpOption>().Single();
        var action = new HelpWithExamples((HelpAction)help.Action!, examples);
        help.Action = action;
        root.SetAction(parsed => action.Invoke(parsed));
        return root;
    }

    private static string CommandLine(Command command) =>
        command is RootCommand ? "siskin" : $"{CommandLine(command.Parents.OfType<Command>().First())} {command.Name}";

    private sealed class HelpWithExamples(HelpAction inner, Dictionary<Command, string[]> examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = inner.Invoke(parseResult);
            if (examples.TryGetValue(parseResult.CommandResult.Command, out var lines))
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (var line in lines)
                {
                    output.WriteLine($"  {line}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
