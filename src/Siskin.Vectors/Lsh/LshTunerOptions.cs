using System.ComponentModel.DataAnnotations;

namespace Siskin.Vectors.Lsh;

/// <summary>What <see cref="LshTuner"/> should reach, and how much it may spend.</summary>
public sealed record LshTunerOptions
{
    /// <summary>Wanted share of the true k nearest that a search finds.</summary>
    /// <value>0.9.</value>
    [Range(0.01, 1)]
    public double Recall { get; init; } = 0.9;

    /// <summary>k, how many nearest vectors searches will ask for.</summary>
    /// <value>10.</value>
    [Range(1, 1000)]
    public int K { get; init; } = 10;

    /// <summary>Policies to try.</summary>
    /// <value>And, Or, AtLeast.</value>
    public IReadOnlyList<LshPolicy> Policies { get; init; } = [LshPolicy.And, LshPolicy.Or, LshPolicy.AtLeast];

    /// <summary>Bits of sketches to try.</summary>
    /// <value>128, 256, 512.</value>
    public IReadOnlyList<int> SketchBits { get; init; } = [128, 256, 512];

    /// <summary>Queries used, at most; they are taken from all over the given ones.</summary>
    /// <value>200.</value>
    [Range(1, 10_000)]
    public int MaxQueries { get; init; } = 200;

    /// <summary>Numbers in the sample of rows that settings are tried on. All true neighbours of the queries are always in it.</summary>
    /// <value>10,000,000.</value>
    [Range(100_000, 1_000_000_000)]
    public int MaxSampleNumbers { get; init; } = 10_000_000;

    /// <summary>About how long it may take; two fifths of it are kept for the chosen setting on all rows.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Seed of the sample and of the functions.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads that build; searches are always measured on one. 0 uses every processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Finds every setting that is not allowed.</summary>
    /// <exception cref="ArgumentException">Something is not allowed; the message names each such setting, its value and what is allowed.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        Check(errors, nameof(Recall), Recall, 0.01, 1);
        Check(errors, nameof(K), K, 1, 1000);
        Check(errors, nameof(MaxQueries), MaxQueries, 1, 10_000);
        Check(errors, nameof(MaxSampleNumbers), MaxSampleNumbers, 100_000, 1_000_000_000);
        Check(errors, nameof(Threads), Threads, 0, 1024);
        if (Policies.Count == 0 || Policies.Any(policy => !Enum.IsDefined(policy)))
        {
            errors.Add($"{nameof(Policies)} are {string.Join(", ", Policies)}; they must be some of And, Or, AtLeast");
        }

        if (SketchBits.Count == 0 || SketchBits.Any(bits => bits is < 0 or > 1024 || bits % 64 != 0))
        {
            errors.Add($"{nameof(SketchBits)} are {string.Join(", ", SketchBits)}; they must be multiples of 64 from 0 to 1024");
        }

        if (TimeLimit <= TimeSpan.Zero)
        {
            errors.Add($"{nameof(TimeLimit)} is {TimeLimit}; it must be longer than nothing");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException($"settings of the LSH tuner: {string.Join("; ", errors)}");
        }
    }

    private static void Check(List<string> errors, string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            errors.Add($"{name} is {value}; it must be {least} to {most}");
        }
    }
}
