namespace Siskin.Models.Graph.Operators;

/// <summary>Sums over all rows of a batch that lie with several threads: each adds up its own, all meet, all get the same sums.</summary>
internal sealed class BatchStatistics
{
    private float[][] _parts = [];

    public void Attach(int workers, int length)
    {
        _parts = new float[workers][];
        for (var i = 0; i < workers; i++)
        {
            _parts[i] = new float[length];
        }
    }

    /// <summary>This thread's sums, to be filled.</summary>
    public Span<float> Own(Workspace workspace) => _parts[workspace.Worker];

    /// <summary>Waits for all threads and adds up theirs, in one order.</summary>
    /// <param name="workspace">Of this thread.</param>
    /// <param name="sums">Output.</param>
    public void Meet(Workspace workspace, Span<float> sums)
    {
        workspace.Team.Barrier();
        sums.Clear();
        foreach (var part in _parts)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += part[i];
            }
        }

        // Nobody may fill its part again before all have read it.
        workspace.Team.Barrier();
    }
}
