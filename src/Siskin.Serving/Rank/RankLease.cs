using System.Buffers;

namespace Siskin.Serving.Rank;

/// <summary>Features and scores of one request's candidates, in rented memory.</summary>
internal sealed class RankLease(int count, int featureCount) : IDisposable
{
    private readonly Dictionary<int, int> _indexes = new(count);
    private float[]? _features = ArrayPool<float>.Shared.Rent(count * featureCount);
    private float[]? _scores = ArrayPool<float>.Shared.Rent(count);

    public Memory<float> Features => _features.AsMemory(0, count * featureCount);

    public Memory<float> Scores => _scores.AsMemory(0, count);

    public void SetSlot(int slot, int index) => _indexes[slot] = index;

    /// <summary>Features of a slot; empty when it was not ranked.</summary>
    public ReadOnlySpan<float> FeaturesOf(int slot) =>
        _indexes.TryGetValue(slot, out var index) ? _features.AsSpan(index * featureCount, featureCount) : default;

    public void Dispose()
    {
        if (_features is not null)
        {
            ArrayPool<float>.Shared.Return(_features);
            ArrayPool<float>.Shared.Return(_scores!);
            (_features, _scores) = (null, null);
        }
    }
}
