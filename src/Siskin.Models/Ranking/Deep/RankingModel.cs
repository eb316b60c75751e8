namespace Siskin.Models.Ranking.Deep;

/// <summary>A ranking model by its name, as commands and releases know it.</summary>
/// <param name="Name">In kebab-case.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Defaults">The model with its default settings.</param>
public sealed record RankingModel(string Name, string Paper, IRankingArchitecture Defaults)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RankingModel> All { get; } =
    [
        new("lr-ftrl", "McMahan et al. 2013, Ad click prediction: a view from the trenches", new WideLinear()),
        new("fm", "Rendle 2010, Factorization machines", new FactorizationMachineModel()),
        new("ffm", "Juan et al. 2016, Field-aware factorization machines for CTR prediction", new FieldAwareMachineModel()),
        new("embedding-mlp", "Zhang, Du and Wang 2016, Deep learning over multi-field categorical data", new EmbeddingMlp()),
        new("wide-deep", "Cheng et al. 2016, Wide & Deep learning for recommender systems", new WideAndDeep()),
        new("deepfm", "Guo et al. 2017, DeepFM: a factorization-machine based neural network for CTR prediction", new DeepFm()),
        new("neural-cf", "He et al. 2017, Neural collaborative filtering", new NeuralCf()),
        new("dcn-v2", "Wang et al. 2021, DCN V2: improved deep & cross network", new DcnV2()),
        new("final-mlp", "Mao et al. 2023, FinalMLP: an enhanced two-stream MLP model for CTR prediction", new FinalMlp()),
        new("din", "Zhou et al. 2018, Deep interest network for click-through rate prediction", new Din()),
        new("dien", "Zhou et al. 2019, Deep interest evolution network for click-through rate prediction", new Dien()),
        new("shared-bottom", "Caruana 1997, Multitask learning", new SharedBottom()),
        new("mmoe", "Ma et al. 2018, Modeling task relationships in multi-task learning with multi-gate mixture-of-experts", new Mmoe()),
    ];

    /// <summary>The model of a name, as <see cref="ModelName"/> compares them.</summary>
    /// <exception cref="ArgumentException">There is none; names all.</exception>
    public static RankingModel Find(string name) =>
        All.FirstOrDefault(model => ModelName.AreSame(model.Name, name)) ?? throw new ArgumentException($"there is no ranking model '{name}', only {string.Join(", ", All.Select(model => model.Name))}", nameof(name));

    /// <summary>The model with other settings.</summary>
    /// <param name="settings">Names and texts, as <see cref="ModelSettings"/> has them.</param>
    /// <exception cref="ArgumentException">A setting is unknown or out of its range.</exception>
    public IRankingArchitecture With(IReadOnlyDictionary<string, string> settings) => ModelSettings.With(Defaults, settings);
}
