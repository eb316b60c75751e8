using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Siskin.SystemTests.Processes;

/// <summary>A server in a process of its own, on a free port of this machine.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Speaks to the server.</summary>
    public HttpClient Client => _client ?? throw new InvalidOperationException("The server is not ready.");

    public int ProcessId => _process.Id;

    /// <summary>Everything that it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a server of a home, and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message has its output.</exception>
    public static async Task<ServerProcess> StartAsync(string home, params string[] options)
    {
        var server = new ServerProcess(SiskinProgram.Start(["serve", "--home", home, "--urls", "http://127.0.0.1:0", .. options]));
        try
        {
            var ended = server._process.WaitForExitAsync();
            var first = await Task.WhenAny(server._address.Task, ended, Task.Delay(StartBound));
            if (first != server._address.Task)
            {
                throw new InvalidOperationException($"The server {(first == ended ? $"ended with {server._process.ExitCode}" : "was not ready in time")}:\n{server.Output}");
            }

            server._client = new HttpClient { BaseAddress = await server._address.Task };
            using var ready = await server._client.GetAsync("/health/ready");
            ready.EnsureSuccessStatusCode();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process without a chance to do anything more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, and waits for it.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="OperationCanceledException">It did not end in time.</exception>
    public async Task<int> StopAsync()
    {
        if (SendSignal(_process.Id, SigTerm) != 0)
        {
            throw new InvalidOperationException("The signal could not be sent.");
        }

        using var bound = new CancellationTokenSource(StopBound);
        await _process.WaitForExitAsync(bound.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        // "Serving HOME at ADDRESS; Ctrl-C ends it.": written once the server is ready.
        var at = line.LastIndexOf(" at http://", StringComparison.Ordinal);
        var end = line.IndexOf(';', Math.Max(at, 0));
        if (at >= 0 && end > at && line.StartsWith("Serving ", StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[(at + " at ".Length)..end]));
        }
    }
}
