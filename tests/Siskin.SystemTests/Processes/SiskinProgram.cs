using System.Diagnostics;

namespace Siskin.SystemTests.Processes;

/// <summary>Runs the siskin program as processes of their own.</summary>
internal static class SiskinProgram
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    /// <summary>The program as it was built beside the one that runs.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "siskin.dll");

    /// <summary>Starts the program; its output is to be read by the caller.</summary>
    public static Process Start(params IEnumerable<string> arguments)
    {
        // The host that runs these tests has a name of its own, so that dotnet is looked for on the path.
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
    }

    /// <summary>Runs the program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end within minutes, and was killed.</exception>
    public static async Task<ProgramResult> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var bound = new CancellationTokenSource(Bound);
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"siskin {string.Join(' ', arguments)} did not end within {Bound}.");
        }

        return new(process.ExitCode, await output, await error);
    }
}
