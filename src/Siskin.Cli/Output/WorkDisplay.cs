using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Siskin.Cli.Output;

/// <summary>Shows where long work stands: a moving bar on a terminal, else a plain line every few seconds.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class WorkDisplay
{
    private static readonly TimeSpan PlainPeriod = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly CliConsole _console;
    private readonly ProgressTask? _bar;
    private long _lastLine;

    private WorkDisplay(CliConsole console, ProgressTask? bar) => (_console, _bar) = (console, bar);

    /// <summary>Does work while showing it.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="title">What the work is.</param>
    /// <param name="work">Reports to the display that it is given.</param>
    public static async Task<T> RunAsync<T>(CliConsole console, string title, Func<WorkDisplay, Task<T>> work)
    {
        if (!console.IsLive)
        {
            await console.Error.WriteLineAsync(title).ConfigureAwait(false);
            return await work(new WorkDisplay(console, null)).ConfigureAwait(false);
        }

        return await console.Status.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new WorkDisplay(console, context.AddTask(Markup.Escape(title)))))
            .ConfigureAwait(false);
    }

    /// <summary>Tells where the work stands.</summary>
    /// <param name="text">What is being done, in words.</param>
    /// <param name="fraction">How much is done, 0 to 1; 0 where that is not known.</param>
    public void Report(string text, double fraction)
    {
        lock (_gate)
        {
            if (_bar is not null)
            {
                _bar.Description = Markup.Escape(text);
                _bar.IsIndeterminate = fraction <= 0;
                _bar.Value = fraction * _bar.MaxValue;
            }
            else if (_lastLine == 0 || Stopwatch.GetElapsedTime(_lastLine) >= PlainPeriod)
            {
                _lastLine = Stopwatch.GetTimestamp();
                _console.Error.WriteLine(fraction > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {text} ({fraction:P0})") : $"  {text}");
            }
        }
    }

    /// <summary>Writes a line that stays, above the bar.</summary>
    public void WriteLine(string text)
    {
        lock (_gate)
        {
            if (_bar is not null)
            {
                _console.Status.WriteLine(text);
            }
            else
            {
                _console.Error.WriteLine(text);
            }
        }
    }
}
