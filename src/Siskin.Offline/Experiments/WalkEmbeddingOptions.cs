using System.ComponentModel.DataAnnotations;
using Siskin.Models.Embeddings;

namespace Siskin.Offline.Experiments;

/// <summary>Random walks over the graph of items that follow each other, and skip-gram over the walks.</summary>
public sealed record WalkEmbeddingOptions
{
    /// <summary>Numbers of a vector.</summary>
    /// <value>128.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 128;

    /// <summary>Walks that start at each item.</summary>
    /// <value>10.</value>
    [Range(1, 100_000)]
    public int WalksPerNode { get; init; } = 10;

    /// <summary>Items of a walk.</summary>
    /// <value>40.</value>
    [Range(2, 100_000)]
    public int Length { get; init; } = 40;

    /// <summary>p of node2vec: high values seldom go back. 1 for DeepWalk.</summary>
    /// <value>1.</value>
    [Range(1e-6, 1e6)]
    public double ReturnParameter { get; init; } = 1;

    /// <summary>q of node2vec: low values go far. 1 for DeepWalk.</summary>
    /// <value>1.</value>
    [Range(1e-6, 1e6)]
    public double InOutParameter { get; init; } = 1;

    /// <summary>Items on either side that count as near.</summary>
    /// <value>5.</value>
    [Range(1, 1000)]
    public int Window { get; init; } = 5;

    /// <summary>Negatives for each pair.</summary>
    /// <value>5.</value>
    [Range(1, 1000)]
    public int Negatives { get; init; } = 5;

    /// <summary>Passes over the walks.</summary>
    /// <value>2.</value>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 2;

    /// <summary>Seed of walks and vectors.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one per processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    internal ItemEmbeddings Train(ItemSequences sequences, CancellationToken cancellationToken) =>
        SkipGram.Train(Walks(sequences, cancellationToken), SkipGramOptions(), cancellationToken: cancellationToken);

    internal ItemEmbeddings Train(ItemSequences sequences, SideInformation sideInformation, CancellationToken cancellationToken) =>
        Eges.Train(Walks(sequences, cancellationToken), sideInformation, SkipGramOptions(), cancellationToken: cancellationToken).Items;

    private ItemSequences Walks(ItemSequences sequences, CancellationToken cancellationToken) => RandomWalks.Generate(
        TransitionGraph.FromSessions(sequences, directed: false),
        new RandomWalkOptions { WalksPerNode = WalksPerNode, Length = Length, ReturnParameter = ReturnParameter, InOutParameter = InOutParameter, Seed = Seed, Threads = Threads },
        cancellationToken);

    private SkipGramOptions SkipGramOptions() =>
        new() { Dimensions = Dimensions, Window = Window, Negatives = Negatives, Epochs = Epochs, Seed = Seed, Threads = Threads, Subsampling = 0 };
}
