namespace Siskin.Models.Graph.Optimizers;

/// <summary>A run of values to change.</summary>
internal readonly unsafe struct ParameterUpdate
{
    /// <summary>The values.</summary>
    public float* Values { get; init; }

    /// <summary>Their gradients, of the mean loss, without penalties.</summary>
    public float* Gradients { get; init; }

    /// <summary>First number remembered for each value; null when there is none.</summary>
    public float* First { get; init; }

    /// <summary>Second number remembered for each value; null when there is none.</summary>
    public float* Second { get; init; }

    /// <summary>How many.</summary>
    public int Count { get; init; }

    /// <summary>What <see cref="Optimizer.Prepare"/> gave for this step.</summary>
    public StepRates Rates { get; init; }

    /// <summary>λ of the penalty λ/2·w².</summary>
    public float L2 { get; init; }

    /// <summary>Factor on the gradients, 1 unless they are clipped.</summary>
    public float Scale { get; init; }
}
