using Siskin.Models;
using Siskin.Models.Embeddings;
using Siskin.Models.Factorization;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Retrieval;
using Siskin.Models.Retrieval.Factors;
using Siskin.Models.Retrieval.Linear;
using Siskin.Models.Retrieval.Propagation;
using Siskin.Models.Retrieval.Spectral;
using Siskin.Models.Sequences;
using Siskin.Models.Training;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>All models that can be trained and judged by name.</summary>
public static class ModelCatalogue
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        Retrieval("popularity", "How many users took an item", new PopularityOptions(), (_, input, _, _) => new Popularity(input.Matrix)),
        Retrieval("item-cf", "Sarwar et al. 2001, Item-based collaborative filtering recommendation algorithms", new ItemNeighboursOptions(), (options, input, _, token) => ItemNeighbours.Build(input.Matrix, options, token)),
        Retrieval("slim", "Ning and Karypis 2011, SLIM: sparse linear methods for top-N recommender systems", new SlimOptions(), (options, input, progress, token) => Slim.Train(input.Matrix, options, progress, token)),
        Retrieval("ease", "Steck 2019, Embarrassingly shallow autoencoders for sparse data", new EaseOptions(), (options, input, progress, token) => Ease.Train(input.Matrix, options, progress, token)),
        Retrieval("ials", "Hu, Koren and Volinsky 2008; Rendle et al. 2022, Revisiting the performance of iALS", new ImplicitAlsOptions(), (options, input, progress, token) => ImplicitAls.Train(input.Matrix, options, progress is null ? null : new AlsProgress(progress), token)),
        Retrieval("bpr", "Rendle et al. 2009, BPR: Bayesian personalized ranking from implicit feedback", new BprOptions(), (options, input, progress, token) => Bpr.Train(input.Matrix, options, progress, token)),
        Retrieval("light-gcn", "He et al. 2020, LightGCN: simplifying and powering graph convolution network for recommendation; Wu et al. 2022 for the loss", new LightGcnOptions(), (options, input, progress, token) => LightGcn.Train(input.Matrix, options, progress, token)),
        Retrieval("spectral-filter", "Shen et al. 2021, How powerful is graph convolution for recommendation? (GF-CF)", new SpectralFilterOptions(), (options, input, progress, token) => SpectralFilter.Build(input.Matrix, options, progress, token)),
        Retrieval("item2vec", "Barkan and Koenigstein 2016, Item2Vec: neural item embedding for collaborative filtering", new SkipGramOptions { WholeSequence = true, Epochs = 20 }, (options, input, _, token) => new PooledEmbeddings(SkipGram.Train(Sequences(input), options, cancellationToken: token))),
        Walks("deepwalk", "Perozzi, Al-Rfou and Skiena 2014, DeepWalk: online learning of social representations"),
        Walks("node2vec", "Grover and Leskovec 2016, node2vec: scalable feature learning for networks"),
        new("eges", ModelKind.Retrieval, "Wang et al. 2018, Billion-scale commodity embedding for e-commerce recommendation in Alibaba", [new WalkEmbeddingOptions()])
        {
            Train = (options, input, _, token) => new TrainedModel(new PooledEmbeddings(((WalkEmbeddingOptions)options[0]).Train(Sequences(input), SideInformation.Of(input.ItemValues, input.Matrix.ColumnCount, input.ValueCount), token))),
        },
        new("two-tower", ModelKind.Retrieval, "Yi et al. 2019, Sampling-bias-corrected neural modeling for large corpus item recommendations", [new TwoTowerOptions(), new DeepTraining()])
        {
            Train = (options, input, progress, token) => new TrainedModel(TwoTowerExperiment.Train((TwoTowerOptions)options[0], (DeepTraining)options[1], input, progress is null ? null : new GraphSteps(progress, "two-tower"), token)),
        },
        Sequence("sasrec", "Kang and McAuley 2018, Self-attentive sequential recommendation", new SasRec { Dropout = 0.5f }),
        Sequence("gru4rec", "Hidasi et al. 2016, Session-based recommendations with recurrent neural networks", new Gru4Rec()),
        Sequence("youtube-dnn", "Covington, Adams and Sargin 2016, Deep neural networks for YouTube recommendations", new YouTubeDnn()),
        .. RankingModel.All.Select(model => new ModelEntry(model.Name, ModelKind.Ranking, model.Paper, [model.Defaults, new DeepTraining()])),
    ];

    /// <summary>The model of a name, as <see cref="ModelName"/> compares them.</summary>
    /// <exception cref="ArgumentException">There is none; names all.</exception>
    public static ModelEntry Find(string name) =>
        All.FirstOrDefault(model => ModelName.AreSame(model.Name, name)) ?? throw new ArgumentException($"there is no model '{name}', only {string.Join(", ", All.Select(model => model.Name))}", nameof(name));

    private static ModelEntry Retrieval<T>(string name, string paper, T defaults, Func<T, TrainingInput, IProgress<RetrievalProgress>?, CancellationToken, ICatalogueScorer> train)
        where T : class => new(name, ModelKind.Retrieval, paper, [defaults])
        {
            Train = (options, input, progress, token) => new TrainedModel(train((T)options[0], input, progress is null ? null : new Rounds(progress, name), token)),
        };

    // Walks over the graph of items that follow each other.
    private static ModelEntry Walks(string name, string paper) => new(name, ModelKind.Retrieval, paper, [new WalkEmbeddingOptions()])
    {
        Train = (options, input, _, token) => new TrainedModel(new PooledEmbeddings(((WalkEmbeddingOptions)options[0]).Train(Sequences(input), token))),
    };

    private static ModelEntry Sequence<T>(string name, string paper, T defaults)
        where T : class, ISequenceArchitecture => new(name, ModelKind.Sequence, paper, [defaults, new DeepTraining { Epochs = 200, Patience = 5, BatchSize = 128 }])
        {
            Train = (options, input, progress, token) =>
            {
                var training = (DeepTraining)options[1];
                var histories = Array.ConvertAll(input.Sequences, sequence => Array.ConvertAll(sequence, item => item + 1));
                var validation = input.Validation is null ? null : Array.ConvertAll(input.Validation, TrainedModel.Shift);
                return new TrainedModel(SequenceModel.Train(
                    (T)options[0], histories, input.Matrix.ColumnCount + 1, training.Options(), validation, training.Seed, progress: progress is null ? null : new GraphSteps(progress, name), cancellationToken: token));
            },
        };

    private static ItemSequences Sequences(TrainingInput input) => ItemSequences.From(input.Matrix.ColumnCount, input.Sequences);

    private sealed class Rounds(IProgress<TrainingStep> target, string name) : IProgress<RetrievalProgress>
    {
        public void Report(RetrievalProgress value) => target.Report(new TrainingStep(
            FormattableString.Invariant($"{name}, round {value.Round} of {value.Rounds}{(double.IsNaN(value.Loss) ? string.Empty : $", loss {value.Loss:G4}")}, {value.Remaining.TotalSeconds:F0} s left"), (double)value.Round / value.Rounds));
    }

    private sealed class AlsProgress(IProgress<RetrievalProgress> target) : IProgress<ImplicitAlsProgress>
    {
        public void Report(ImplicitAlsProgress value) => target.Report(new RetrievalProgress(value.Epoch, value.Epochs, double.NaN, value.Elapsed));
    }

    internal sealed class GraphSteps(IProgress<TrainingStep> target, string name) : IProgress<GraphTrainingProgress>
    {
        public void Report(GraphTrainingProgress value) => target.Report(new TrainingStep(
            FormattableString.Invariant($"{name}, epoch {value.Epoch} of at most {value.Epochs}, loss {value.Loss:F4}, {(double.IsNaN(value.ValidationScore) ? string.Empty : $"validation {value.ValidationScore:F4}, ")}{value.ExamplesPerSecond:N0} examples a second, at most {value.Remaining.TotalSeconds:F0} s left"), value.Share));
    }
}
