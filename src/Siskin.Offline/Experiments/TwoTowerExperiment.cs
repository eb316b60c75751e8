using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.Retrieval.Towers;
using Siskin.Models.Training;

namespace Siskin.Offline.Experiments;

/// <summary>Trains two towers on users, histories and items.</summary>
/// <remarks>
/// The history of an example is what the user took before; where the data has no order, all else that the user took, drawn
/// at random when that is more than fits. The item itself is never in it.
/// </remarks>
internal static class TwoTowerExperiment
{
    private const string User = "user";
    private const string Item = "item";
    private const string History = "history";
    private const string Values = "values";

    public static TwoTowerModel Train(TwoTowerOptions options, DeepTraining training, TrainingInput input, IProgress<GraphTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var (users, items) = (input.Sequences.Length, input.Matrix.ColumnCount);
        var hasValues = input.ValueCount > 0;
        var mostValues = hasValues ? Math.Max(1, input.ItemValues.Max(values => values.Length)) : 0;
        var layout = new ExampleLayout
        {
            Fields = [new(User, users + 1), new(Item, items + 1)],
            Sequences = [new(History, items + 1, options.MaxLength), .. hasValues ? [new IdSequenceField(Values, input.ValueCount, mostValues)] : Array.Empty<IdSequenceField>()],
            Labels = [],
        };
        var rows = new Rows(layout, input);
        var frequencies = new int[items + 1];
        var random = new Random(training.Seed);
        for (var user = 0; user < users; user++)
        {
            var own = input.Sequences[user];
            for (var at = 0; at < own.Length; at++)
            {
                frequencies[own[at] + 1]++;
                rows.Add(user, own[at], input.HasOrder ? own.AsSpan(0, at) : Others(own, at, options.MaxLength, random));
            }
        }

        using var graph = new TwoTower
        {
            UserInputs = [User, History],
            ItemInputs = hasValues ? [Item, Values] : [Item],
            Item = Item,
            EmbeddingDimensions = options.EmbeddingDimensions,
            Layers = options.Layers,
            Dimensions = options.Dimensions,
            Temperature = options.Temperature,
            Frequencies = options.HasCorrection ? frequencies : null,
        }.Build(layout, training.Seed);
        var (everyUser, everyItem) = (new Rows(layout, input), new Rows(layout, input));
        for (var user = 0; user < users; user++)
        {
            everyUser.Add(user, -1, input.Sequences[user]);
        }

        for (var item = 0; item < items; item++)
        {
            everyItem.Add(-1, item, []);
        }

        var (userTable, itemTable) = (everyUser.ToTable(), everyItem.ToTable());
        TwoTowerModel Model() => TwoTowerModel.Create(graph, userTable, itemTable, training.Threads);
        var trainer = new GraphTrainer(training.Options());
        var examples = rows.ToTable();
        if (input.Validation is { } validation)
        {
            trainer.Train(graph, examples, () => LeaveOneOutRanking.AmongAll(validation, items, new TrainedModel(Model()).Score, cancellationToken: cancellationToken).Ndcg(10), progress: progress, cancellationToken: cancellationToken);
        }
        else
        {
            trainer.Train(graph, examples, progress: progress, cancellationToken: cancellationToken);
        }

        return Model();
    }

    private static int[] Others(int[] own, int at, int most, Random random)
    {
        int[] others = [.. own[..at], .. own[(at + 1)..]];
        if (others.Length > most)
        {
            random.Shuffle(others);
        }

        return others;
    }

    // Ids of users and items are one above their rows; 0 is none.
    private sealed class Rows(ExampleLayout layout, TrainingInput input)
    {
        private readonly List<int> _ids = [];
        private readonly List<int> _historyOffsets = [0];
        private readonly List<int> _histories = [];
        private readonly List<int> _valueOffsets = [0];
        private readonly List<int> _values = [];

        public void Add(int user, int item, ReadOnlySpan<int> history)
        {
            _ids.Add(user + 1);
            _ids.Add(item + 1);
            foreach (var taken in history[Math.Max(0, history.Length - layout.Sequences[0].MaxLength)..])
            {
                _histories.Add(taken + 1);
            }

            _historyOffsets.Add(_histories.Count);
            if (item >= 0 && input.ValueCount > 0)
            {
                _values.AddRange(input.ItemValues[item]);
            }

            _valueOffsets.Add(_values.Count);
        }

        public ExampleTable ToTable()
        {
            var histories = new IdSequences([.. _historyOffsets], [.. _histories]);
            return new ExampleTable(
                layout, _historyOffsets.Count - 1, [.. _ids], [], input.ValueCount > 0 ? [histories, new IdSequences([.. _valueOffsets], [.. _values])] : [histories], []);
        }
    }
}
