namespace Siskin.Serving.Pipeline;

/// <summary>Some of the requests asked lately: what a new release is warmed up with.</summary>
/// <remarks>Safe for concurrent use without a lock; of two writers to one place the later one stays.</remarks>
internal sealed class RequestSample
{
    private const int Places = 256;

    // One in so many is kept: the counter is the only thing that requests share.
    private const int Step = 8;

    private readonly RecommendationRequest?[] _requests = new RecommendationRequest?[Places];
    private int _asked;

    public void Add(RecommendationRequest request)
    {
        var number = (uint)Interlocked.Increment(ref _asked);
        if (number % Step == 1)
        {
            Volatile.Write(ref _requests[number / Step % Places], request);
        }
    }

    /// <summary>Kept requests, any of them.</summary>
    public List<RecommendationRequest> Take(int count)
    {
        var taken = new List<RecommendationRequest>(Math.Min(count, Places));
        for (var i = 0; i < Places && taken.Count < count; i++)
        {
            if (Volatile.Read(ref _requests[i]) is { } request)
            {
                taken.Add(request);
            }
        }

        return taken;
    }
}
