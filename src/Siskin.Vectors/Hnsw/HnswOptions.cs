using System.ComponentModel.DataAnnotations;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <summary>How an HNSW graph is built and searched.</summary>
public sealed record HnswOptions
{
    /// <summary>Links of a vector on the upper layers; twice as many on the lowest. More raise recall, memory and building time.</summary>
    /// <value>16; 2 to 128 are allowed.</value>
    [Range(2, 128)]
    public int M { get; init; } = 16;

    /// <summary>How many candidates are kept while a vector looks for its neighbours. More make a better graph, more slowly.</summary>
    /// <value>200; 8 to 10,000 are allowed.</value>
    [Range(8, 10_000)]
    public int EfConstruction { get; init; } = 200;

    /// <summary>How many candidates a search keeps when it does not say; at least k are kept always.</summary>
    /// <value>64; 1 to 100,000 are allowed.</value>
    [Range(1, 100_000)]
    public int EfSearch { get; init; } = 64;

    /// <summary>What the graph is walked with; the best found are scored again with the whole vectors.</summary>
    /// <value><see cref="VectorFormat.Float32"/>.</value>
    public VectorFormat Format { get; init; } = VectorFormat.Float32;

    /// <summary>
    /// Whether whole vectors are kept in memory beside compressed ones, to score the best again. Without them scores are
    /// those of the compressed vectors, and vectors that come later are linked by these.
    /// </summary>
    /// <value>True; without meaning for <see cref="VectorFormat.Float32"/>.</value>
    public bool KeepOriginals { get; init; } = true;

    /// <summary>How many candidates more than k are scored again, at least; half as many as k when that is more.</summary>
    /// <value>10; 0 to 10,000 are allowed.</value>
    [Range(0, 10_000)]
    public int RescoreExtra { get; init; } = 10;

    /// <summary>Seed of the layers. The same vectors, options and seed on one thread give the same graph.</summary>
    /// <value>1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that build; 0 takes one per processor.</summary>
    /// <value>0; up to 1,024 are allowed.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">Names each option that is out of range, its value and what is allowed.</exception>
    public void Check()
    {
        var errors = new List<string>();
        Within(nameof(M), M, 2, 128);
        Within(nameof(EfConstruction), EfConstruction, 8, 10_000);
        Within(nameof(EfSearch), EfSearch, 1, 100_000);
        Within(nameof(RescoreExtra), RescoreExtra, 0, 10_000);
        Within(nameof(Threads), Threads, 0, 1024);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors));
        }

        void Within(string name, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                errors.Add($"{name} is {value}; {least} to {most} are allowed");
            }
        }
    }
}
