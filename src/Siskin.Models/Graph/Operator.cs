namespace Siskin.Models.Graph;

/// <summary>Computes a node from others, and their gradients from its own. Holds no numbers of a batch, so that threads share it.</summary>
internal abstract class Operator(Node output, params Node[] inputs)
{
    public Node Output { get; } = output;

    public Node[] Inputs { get; } = inputs;

    /// <summary>Dense parameters that it reads, for which it adds gradients to the workspace's.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Numbers per row of the output that it keeps from the forward pass for the backward pass.</summary>
    public virtual int ScratchWidth => 0;

    /// <summary>Numbers that make it another computation than one of the same type; for telling graphs apart.</summary>
    public virtual string Settings => string.Empty;

    /// <summary>Whether a row's result depends on other examples of the batch, so that all threads must meet in it.</summary>
    public virtual bool IsBatchWide => false;

    /// <summary>Number within the graph. Set by the graph.</summary>
    public int Index { get; set; }

    /// <summary>Whether gradients of an input are to be added to what another operator wrote; by input. Set by the graph.</summary>
    public bool[] Adds { get; } = new bool[inputs.Length];

    /// <summary>Fills the rows of the output.</summary>
    public abstract void Forward(Workspace workspace);

    /// <summary>Writes or adds gradients of the inputs that have any, and adds those of parameters. May change the output's gradient.</summary>
    public abstract void Backward(Workspace workspace);

    /// <summary>Makes ready what depends on parameters alone, after these have changed; one part of several, on several threads.</summary>
    public virtual void Prepare(int part, int parts)
    {
    }

    /// <summary>Makes room for what batch-wide operators share between threads.</summary>
    public virtual void Attach(int workers, int maxBatch)
    {
    }

    /// <summary>Frees that room.</summary>
    public virtual void Detach()
    {
    }
}
