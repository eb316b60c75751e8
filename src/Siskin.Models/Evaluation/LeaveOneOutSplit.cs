namespace Siskin.Models.Evaluation;

/// <summary>The last item of every user for testing, the last but one for validation, the rest to learn from. Kang and McAuley 2018.</summary>
/// <param name="Train">By user, oldest first. All items of a user who has fewer than three.</param>
/// <param name="Validation">By user; −1 for none.</param>
/// <param name="Test">By user; −1 for none.</param>
public sealed record LeaveOneOutSplit(int[][] Train, int[] Validation, int[] Test)
{
    /// <summary>Splits sequences.</summary>
    /// <param name="sequences">By user, oldest first.</param>
    public static LeaveOneOutSplit Create(IReadOnlyList<int[]> sequences)
    {
        var split = new LeaveOneOutSplit(new int[sequences.Count][], new int[sequences.Count], new int[sequences.Count]);
        for (var user = 0; user < sequences.Count; user++)
        {
            var sequence = sequences[user];
            var isCut = sequence.Length >= 3;
            split.Train[user] = isCut ? sequence[..^2] : sequence;
            split.Validation[user] = isCut ? sequence[^2] : -1;
            split.Test[user] = isCut ? sequence[^1] : -1;
        }

        return split;
    }

    /// <summary>One case for each user who has a test item, with everything before it as history.</summary>
    /// <param name="isValidation">True judges by the validation items, with the training items as history.</param>
    public RankingCase[] Cases(bool isValidation = false)
    {
        var cases = new List<RankingCase>();
        for (var user = 0; user < Train.Length; user++)
        {
            if (Test[user] >= 0)
            {
                cases.Add(isValidation ? new(user, Train[user], Validation[user]) : new(user, [.. Train[user], Validation[user]], Test[user]));
            }
        }

        return [.. cases];
    }
}
