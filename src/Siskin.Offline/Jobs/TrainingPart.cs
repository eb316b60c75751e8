using Siskin.Models.Interactions;

namespace Siskin.Offline.Jobs;

/// <summary>A part of the data to learn from: some pairs, and the events before a moment that do not belong to other pairs.</summary>
internal sealed class TrainingPart
{
    private readonly bool[]? _isIn;

    private TrainingPart(TrainingData data, bool[]? isIn, Interaction[] pairs, long untilMs)
    {
        Data = data;
        _isIn = isIn;
        Pairs = pairs;
        UntilMs = untilMs;
    }

    public TrainingData Data { get; }

    /// <summary>The pairs of the part.</summary>
    public Interaction[] Pairs { get; }

    /// <summary>Events from this moment on are not in the part.</summary>
    public long UntilMs { get; }

    public static TrainingPart Whole(TrainingData data) => new(data, null, data.Pairs, long.MaxValue);

    /// <summary>The part that has exactly some of the pairs.</summary>
    public static TrainingPart Of(TrainingData data, Interaction[] pairs, long untilMs = long.MaxValue)
    {
        var numbers = new Dictionary<(int, int), int>(data.Pairs.Length);
        for (var i = 0; i < data.Pairs.Length; i++)
        {
            numbers[(data.Pairs[i].User, data.Pairs[i].Item)] = i;
        }

        var isIn = new bool[data.Pairs.Length];
        foreach (var pair in pairs)
        {
            isIn[numbers[(pair.User, pair.Item)]] = true;
        }

        return new TrainingPart(data, isIn, pairs, untilMs);
    }

    public bool Has(in TrainingEvent e) => e.TimeMs < UntilMs && (e.Pair < 0 || _isIn is null || _isIn[e.Pair]);

    /// <summary>The pairs as a matrix of all users and items, every value 1.</summary>
    public InteractionMatrix Matrix() => MatrixOf(Data, Pairs);

    public static InteractionMatrix MatrixOf(TrainingData data, Interaction[] pairs) =>
        InteractionMatrix.FromInteractions(Array.ConvertAll(pairs, p => p with { Weight = 1 }), data.UserIds.Count, data.Items.Count);
}
