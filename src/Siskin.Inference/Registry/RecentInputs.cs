using Siskin.Inference.Tensors;

namespace Siskin.Inference.Registry;

/// <summary>Some of the requests that a model answered lately, to warm its next version up with. Safe for concurrent use; takes no lock.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class RecentInputs(int capacity)
{
    private const int Every = 32;
    private const long MostValues = 1 << 18;

    private readonly IReadOnlyList<Tensor>?[] _inputs = new IReadOnlyList<Tensor>?[Math.Max(1, capacity)];
    private long _seen;

    /// <summary>The requests kept, in no order.</summary>
    public IReadOnlyList<IReadOnlyList<Tensor>> Snapshot()
    {
        var kept = new List<IReadOnlyList<Tensor>>();
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (Volatile.Read(ref _inputs[i]) is { } inputs)
            {
                kept.Add(inputs);
            }
        }

        return kept;
    }

    /// <summary>Keeps a request now and then; all of the first few.</summary>
    public void Offer(IReadOnlyList<Tensor> inputs)
    {
        var number = Interlocked.Increment(ref _seen) - 1;
        if ((number < _inputs.Length || number % Every == 0) && inputs.Sum(input => (long)input.Count) <= MostValues)
        {
            var slot = number < _inputs.Length ? number : number / Every % _inputs.Length;
            Volatile.Write(ref _inputs[slot], inputs);
        }
    }
}
