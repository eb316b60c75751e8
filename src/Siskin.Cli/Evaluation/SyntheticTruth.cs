using System.Buffers;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Evaluation;

/// <summary>The true scores of a synthetic world in the row order of the data that was read from it.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class SyntheticTruth
{
    private readonly SyntheticOracle _oracle;
    private readonly HashSet<string> _users;
    private readonly int[] _numbers;

    /// <summary>Plays the world and finds each row's item in it.</summary>
    /// <param name="world">The world.</param>
    /// <param name="data">Read from it, perhaps with items and users of other origin besides: they score 0.</param>
    public SyntheticTruth(SyntheticWorld world, TrainingData data)
    {
        _oracle = new SyntheticOracle(world);
        _users = Enumerable.Range(0, world.Options.Users).Select(SyntheticWorld.UserId).ToHashSet(StringComparer.Ordinal);
        var numbers = Enumerable.Range(0, world.Options.Items).ToDictionary(SyntheticWorld.ItemId, i => i, StringComparer.Ordinal);
        _numbers = [.. data.Items.Select(item => numbers.GetValueOrDefault(item.Id, -1))];
    }

    /// <summary>Writes the true score of every item.</summary>
    public void Score(string user, DateTimeOffset at, Span<float> scores)
    {
        scores.Clear();
        if (!_users.Contains(user))
        {
            return;
        }

        var buffer = ArrayPool<float>.Shared.Rent(_oracle.ItemCount);
        _oracle.Scores(user, at, buffer.AsSpan(0, _oracle.ItemCount));
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = _numbers[row] >= 0 ? buffer[_numbers[row]] : 0;
        }

        ArrayPool<float>.Shared.Return(buffer);
    }
}
