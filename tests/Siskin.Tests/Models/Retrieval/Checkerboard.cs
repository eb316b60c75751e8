using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;

namespace Siskin.Tests.Models.Retrieval;

/// <summary>Users of a block take most items of their block and none else; what is left out is the truth.</summary>
internal static class Checkerboard
{
    public const int Users = 96;
    public const int Items = 48;
    private const int Blocks = 4;

    public static (InteractionMatrix Train, InteractionMatrix Truth) Create()
    {
        var random = new Random(5);
        var train = new List<Interaction>();
        var truth = new List<Interaction>();
        for (var user = 0; user < Users; user++)
        {
            for (var item = user % Blocks; item < Items; item += Blocks)
            {
                (random.NextDouble() < 0.75 ? train : truth).Add(new(user, item, 1, 0));
            }
        }

        return (InteractionMatrix.FromInteractions([.. train], Users, Items), InteractionMatrix.FromInteractions([.. truth], Users, Items));
    }

    /// <summary>With 12 items to a block, whoever tells blocks apart finds everything among the first 12 that are new.</summary>
    public static double Recall(ICatalogueScorer model)
    {
        var (train, truth) = Create();
        return FullRanking.Evaluate(train, truth, (user, scores) => model.ScoreInto(user, train.Row(user), scores), [12]).At(12).Recall;
    }

    public static InteractionMatrix Random(int users, int items, double share, bool isWeighted, int seed = 9)
    {
        var random = new Random(seed);
        var interactions = new List<Interaction>();
        for (var user = 0; user < users; user++)
        {
            for (var item = 0; item < items; item++)
            {
                if (random.NextDouble() < share)
                {
                    interactions.Add(new(user, item, isWeighted ? 0.5f + random.NextSingle() : 1, 0));
                }
            }
        }

        return InteractionMatrix.FromInteractions([.. interactions], users, items);
    }

    public static double[][] Dense(InteractionMatrix matrix)
    {
        var dense = new double[matrix.RowCount][];
        for (var row = 0; row < dense.Length; row++)
        {
            dense[row] = new double[matrix.ColumnCount];
            var entries = matrix.Row(row);
            for (var i = 0; i < entries.Length; i++)
            {
                dense[row][entries.Columns[i]] = entries.Values[i];
            }
        }

        return dense;
    }

    public static float[] Scores(ICatalogueScorer model, InteractionMatrix histories, int user)
    {
        var scores = new float[model.ItemCount];
        model.ScoreInto(user, histories.Row(user), scores);
        return scores;
    }
}
