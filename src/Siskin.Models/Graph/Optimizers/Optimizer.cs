namespace Siskin.Models.Graph.Optimizers;

/// <summary>Turns gradients into changes of values. Immutable; what it remembers lies beside the values.</summary>
public abstract class Optimizer
{
    /// <summary>Numbers kept for each value.</summary>
    internal abstract int States { get; }

    /// <summary>What the first of them starts with.</summary>
    internal virtual float FirstState => 0;

    /// <summary>The step size that it is made for.</summary>
    public abstract float LearningRate { get; }

    /// <summary>Sets what is remembered so that it fits to values that are there.</summary>
    internal virtual void Start(Parameter parameter)
    {
    }

    /// <summary>What is the same for all values of a step.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="schedule">Factor of the schedule.</param>
    /// <param name="settings">Of the parameter.</param>
    internal virtual StepRates Prepare(long step, float schedule, ParameterSettings settings) => new(LearningRate * schedule * settings.RateFactor, 0);

    /// <summary>Changes values that lie side by side.</summary>
    /// <param name="update">Where values, gradients and states are, and the step.</param>
    internal abstract void Apply(in ParameterUpdate update);
}
