using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Siskin.Cli.Homes;
using Siskin.Serving.Releases;
using Siskin.Vectors;

namespace Siskin.Cli.Hosting;

/// <summary>Trains at intervals, in a child process of low priority, and lets a new release through when it passes the gate.</summary>
internal sealed partial class RetrainService(SiskinHome home, Retraining retraining, ILogger<RetrainService> logger) : BackgroundService
{
    private const int SigTerm = 15;
    private const string Nice = "/usr/bin/nice";

    // A child that is told to end cleans up; one that does not is killed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What an earlier process left undecided.
        await StepAsync(Judge).ConfigureAwait(false);
        using var timer = new PeriodicTimer(retraining.Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await StepAsync(() => TrainAsync(stoppingToken)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private async Task StepAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogStepFailed(e);
        }
    }

    private async Task TrainAsync(CancellationToken cancellationToken)
    {
        LogStarts();
        var started = Stopwatch.GetTimestamp();
        using var child = Start();
        var output = ReadAsync(child.StandardOutput);
        var error = ReadAsync(child.StandardError);
        try
        {
            await child.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(child).ConfigureAwait(false);
            throw;
        }

        await Task.WhenAll(output, error).ConfigureAwait(false);
        if (child.ExitCode != 0)
        {
            LogFailed(child.ExitCode);
            return;
        }

        LogEnded(Stopwatch.GetElapsedTime(started).TotalSeconds);
        await Judge().ConfigureAwait(false);
    }

    private Task Judge()
    {
        try
        {
            foreach (var mark in ReleaseJudge.Judge(home.Releases, retraining.Gate))
            {
                if (mark.State == GateState.Passed)
                {
                    LogPassed(mark.Release, mark.Reason);
                }
                else
                {
                    LogRefused(mark.Release, mark.Reason);
                }
            }
        }
        catch (ModelFormatException e)
        {
            LogStepFailed(e);
        }

        return Task.CompletedTask;
    }

    private Process Start()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        List<string> command = [program];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            command.Add(Path.Combine(AppContext.BaseDirectory, "siskin.dll"));
        }

        command.AddRange(["train", "--home", home.Directory, "--held", .. retraining.Options]);
        var isNice = File.Exists(Nice);
        if (isNice)
        {
            // All of the child's threads then have it; set from here, only those that it begins later.
            command.InsertRange(0, [Nice, "-n", "10"]);
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var child = Process.Start(start) ?? throw new InvalidOperationException($"'{command[0]}' did not start");
        if (!isNice && OperatingSystem.IsWindows())
        {
            child.PriorityClass = ProcessPriorityClass.BelowNormal;
        }

        return child;
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            LogLine(line);
        }
    }

    private static async Task EndAsync(Process child)
    {
        if (OperatingSystem.IsWindows() || SendSignal(child.Id, SigTerm) != 0)
        {
            child.Kill(entireProcessTree: true);
        }

        using var bound = new CancellationTokenSource(Patience);
        try
        {
            await child.WaitForExitAsync(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    [LoggerMessage(201, LogLevel.Information, "A training starts.")]
    private partial void LogStarts();

    [LoggerMessage(202, LogLevel.Information, "Training: {Line}")]
    private partial void LogLine(string line);

    [LoggerMessage(203, LogLevel.Information, "The training ended after {Seconds:0.0} s.")]
    private partial void LogEnded(double seconds);

    [LoggerMessage(204, LogLevel.Error, "The training failed with exit code {Code}; the release in force stays.")]
    private partial void LogFailed(int code);

    [LoggerMessage(205, LogLevel.Information, "Release {Release} passed the gate: {Reason}.")]
    private partial void LogPassed(int release, string reason);

    [LoggerMessage(206, LogLevel.Warning, "Release {Release} failed the gate and is not taken up: {Reason}.")]
    private partial void LogRefused(int release, string reason);

    [LoggerMessage(207, LogLevel.Error, "A step of the retraining failed; it is tried again at the next interval.")]
    private partial void LogStepFailed(Exception exception);
}
