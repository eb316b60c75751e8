using Siskin.Models.Graph;

namespace Siskin.Models.Training;

/// <summary>What training has to remember between epochs besides the graph itself.</summary>
internal sealed unsafe class TrainingState(ModelGraph graph)
{
    /// <summary>Results so far.</summary>
    public List<EpochResult> Epochs { get; } = [];

    /// <summary>Steps so far.</summary>
    public long Steps { get; set; }

    /// <summary>Number of the best epoch; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Epochs so far whose validation was not the best until then.</summary>
    public int Plateaus
    {
        get
        {
            var (best, count) = (double.NegativeInfinity, 0);
            foreach (var epoch in Epochs)
            {
                count += epoch.ValidationScore <= best ? 1 : 0;
                best = Math.Max(best, double.IsNaN(epoch.ValidationScore) ? best : epoch.ValidationScore);
            }

            return count;
        }
    }

    /// <summary>Values of all parameters after the best epoch.</summary>
    public float[][] Best { get; } = [.. graph.Parameters.Select(parameter => parameter.Span.ToArray())];

    /// <summary>Takes an epoch in, and its parameters if they are the best.</summary>
    public void Add(EpochResult result, long steps, bool hasValidation)
    {
        var best = BestEpoch == 0 || double.IsNaN(Epochs[BestEpoch - 1].ValidationScore) ? double.NegativeInfinity : Epochs[BestEpoch - 1].ValidationScore;
        Epochs.Add(result);
        Steps = steps;
        if (!hasValidation || result.ValidationScore > best)
        {
            BestEpoch = result.Epoch;
            for (var p = 0; p < Best.Length; p++)
            {
                graph.Parameters[p].Span.CopyTo(Best[p]);
            }
        }
    }

    /// <summary>Gives the graph the best parameters.</summary>
    public void RestoreBest()
    {
        for (var p = 0; p < Best.Length; p++)
        {
            Best[p].CopyTo(new Span<float>(graph.Parameters[p].Values, Best[p].Length));
        }
    }
}
