using System.ComponentModel.DataAnnotations;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <summary>How a scanned index is built and searched.</summary>
public sealed record ScanOptions
{
    /// <summary>Inverted lists; a search scans the few whose centroids are nearest. More make shorter lists, and building longer.</summary>
    /// <value>−1: about 4·√n, at least 39 vectors each. 0 scans everything; up to 1,000,000 are allowed, and no more than vectors are made.</value>
    [Range(-1, 1_000_000)]
    public int Lists { get; init; } = -1;

    /// <summary>How many lists a search scans when it does not say. It goes on when these hold fewer than k vectors that may be found.</summary>
    /// <value>16; 1 to 1,000,000 are allowed.</value>
    [Range(1, 1_000_000)]
    public int Probes { get; init; } = 16;

    /// <summary>
    /// What is scanned. Product-quantised codes have 4 bits per sub-space here, and hold the difference from the list's
    /// centroid; the best are scored again with the whole vectors, as with every format but <see cref="VectorFormat.Float32"/>.
    /// </summary>
    /// <value><see cref="VectorFormat.ProductQuantized"/>.</value>
    public VectorFormat Format { get; init; } = VectorFormat.ProductQuantized;

    /// <summary>Sub-spaces of product-quantised codes.</summary>
    /// <value>0: one for every two dimensions, at most 128. Up to 128 are allowed, and no more than dimensions.</value>
    [Range(0, 128)]
    public int SubSpaces { get; init; }

    /// <summary>How many times k vectors are scored again with the whole vectors; a search for fewer than ten scores as many again as one for ten.</summary>
    /// <value>
    /// 0: measured while building, for each number of lists scanned, so that no more of the nearest are lost for want of
    /// candidates than half as many as lie in other lists, or 0.2 %. Up to 1,000 are allowed.
    /// </value>
    [Range(0, 1000)]
    public int RescoreFactor { get; init; }

    /// <summary>Seed of what is learned. The same vectors, options and seed give the same index on one machine.</summary>
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
        Within(nameof(Lists), Lists, -1, 1_000_000);
        Within(nameof(Probes), Probes, 1, 1_000_000);
        Within(nameof(SubSpaces), SubSpaces, 0, 128);
        Within(nameof(RescoreFactor), RescoreFactor, 0, 1000);
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
