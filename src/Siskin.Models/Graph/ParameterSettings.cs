using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Models.Graph;

/// <summary>How one parameter is trained where it differs from the others.</summary>
public sealed record ParameterSettings
{
    /// <summary>Trained like all others, without a penalty.</summary>
    public static ParameterSettings Default { get; } = new();

    /// <summary>λ of a penalty λ/2·w² per value; of a table only for rows that a batch touches, once per batch.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e30)]
    public float L2 { get; init; }

    /// <summary>Factor on the learning rate.</summary>
    /// <value>1.</value>
    [Range(0.0, 1e6)]
    public float RateFactor { get; init; } = 1;

    /// <summary>An optimiser of its own, such as FTRL for a wide part; null takes the trainer's.</summary>
    public Optimizer? Optimizer { get; init; }
}
