using System.Runtime.InteropServices;

namespace Siskin.Cli;

/// <summary>Turns Ctrl-C and SIGTERM into a cancellation; a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _signals;
    private volatile bool _isInterrupted;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>What the process returns: 130 after Ctrl-C, else what the command says.</summary>
    public int ExitCode(int code) => _isInterrupted ? ExitCodes.Interrupted : code;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        _isInterrupted |= context.Signal == PosixSignal.SIGINT;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            // Cancelled: the command ends at its next step and cleans up.
            context.Cancel = true;
            _source.Cancel();
        }
    }
}
