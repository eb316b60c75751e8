namespace Siskin.Models.Graph;

/// <summary>A part of what training makes small, as a mean over the examples of a batch.</summary>
internal abstract class LossTerm(params Node[] inputs)
{
    public Node[] Inputs { get; } = inputs;

    /// <summary>Numbers of the labels that it needs to be 0 and 1.</summary>
    public virtual IReadOnlyList<int> BinaryLabels => [];

    /// <summary>Numbers that make it another computation than one of the same type; for telling graphs apart.</summary>
    public virtual string Settings => string.Empty;

    /// <summary>Whether all threads must meet in it.</summary>
    public virtual bool IsBatchWide => false;

    /// <summary>Makes room for what threads share.</summary>
    public virtual void Attach(int workers, int maxBatch)
    {
    }

    /// <summary>Frees that room.</summary>
    public virtual void Detach()
    {
    }

    /// <summary>Makes ready what depends on parameters alone, after these have changed; one part of several, on several threads.</summary>
    public virtual void Prepare(int part, int parts)
    {
    }

    /// <summary>Adds the block's losses to the workspace's sum and writes the gradients of the mean.</summary>
    public abstract void Compute(Workspace workspace);
}
