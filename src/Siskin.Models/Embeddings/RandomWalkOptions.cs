using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Embeddings;

/// <summary>Settings of <see cref="RandomWalks"/>. Names in brackets are those of node2vec.</summary>
public sealed record RandomWalkOptions
{
    /// <summary>Walks that start from each node (r).</summary>
    /// <value>10.</value>
    [Range(1, 10_000)]
    public int WalksPerNode { get; init; } = 10;

    /// <summary>Nodes of a walk, the first included (l); a walk ends sooner at a node without a way out.</summary>
    /// <value>40.</value>
    [Range(2, 100_000)]
    public int Length { get; init; } = 40;

    /// <summary>Above 1 a walk seldom goes straight back, below 1 often (p).</summary>
    /// <value>1, as in DeepWalk.</value>
    [Range(1e-3, 1e3)]
    public double ReturnParameter { get; init; } = 1;

    /// <summary>Above 1 a walk stays near the node before, below 1 it moves away (q).</summary>
    /// <value>1, as in DeepWalk.</value>
    [Range(1e-3, 1e3)]
    public double InOutParameter { get; init; } = 1;

    /// <summary>Whether edges are drawn in proportion to their weight, or all alike.</summary>
    /// <value>True.</value>
    public bool Weighted { get; init; } = true;

    /// <summary>Seed; each walk has a random stream of its own.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
