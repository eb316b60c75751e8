using Spectre.Console;

namespace Siskin.Cli;

/// <summary>Where a command writes: results to one stream, progress and errors to the other.</summary>
internal sealed class CliConsole
{
    // Wide enough that no line of a table or message is broken where nobody looks at a screen.
    private const int UnboundedWidth = 1_000;

    private CliConsole(TextWriter output, TextWriter error, IAnsiConsole tables, IAnsiConsole status, bool isLive)
    {
        (Output, Error, Tables, Status, IsLive) = (output, error, tables, status, isLive);
    }

    /// <summary>Results as plain text.</summary>
    public TextWriter Output { get; }

    /// <summary>Progress and errors as plain text.</summary>
    public TextWriter Error { get; }

    /// <summary>Results as tables.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Progress with moving bars.</summary>
    public IAnsiConsole Status { get; }

    /// <summary>Whether <see cref="Status"/> is a terminal, so that bars may move.</summary>
    public bool IsLive { get; }

    public static CliConsole OfProcess()
    {
        var isLive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new CliConsole(
            Console.Out,
            Console.Error,
            Create(Console.Out, !Console.IsOutputRedirected),
            Create(Console.Error, isLive),
            isLive);
    }

    /// <summary>A console that is no terminal: no colours, nothing moves.</summary>
    public static CliConsole Of(TextWriter output, TextWriter error) => new(output, error, Create(output, false), Create(error, false), false);

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
        {
            console.Profile.Width = UnboundedWidth;
            console.Profile.Capabilities.Unicode = true;
        }

        return console;
    }
}
