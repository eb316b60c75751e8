using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;

namespace Siskin.Inference.Registry;

/// <summary>A model some of whose requests are remembered.</summary>
internal class RecordingServable(IServable inner, RecentInputs recent) : IServable
{
    public string Platform => inner.Platform;

    public IReadOnlyList<TensorDescription> Inputs => inner.Inputs;

    public IReadOnlyList<TensorDescription> Outputs => inner.Outputs;

    public static RecordingServable Of(IServable inner, RecentInputs recent) =>
        inner is IRankingServable ranking ? new Ranking(ranking, recent) : new RecordingServable(inner, recent);

    public async ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var result = await inner.RunAsync(inputs, outputs, cancellationToken).ConfigureAwait(false);
        recent.Offer(inputs);
        return result;
    }

    public void Dispose() => inner.Dispose();

    private sealed class Ranking(IRankingServable inner, RecentInputs recent) : RecordingServable(inner, recent), IRankingServable
    {
        public IScorer CreateScorer(ScorerContext context) => inner.CreateScorer(context);
    }
}
