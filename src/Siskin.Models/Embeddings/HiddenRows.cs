namespace Siskin.Models.Embeddings;

/// <summary>The input side of the model: gives the hidden vector of a centre and takes its gradient.</summary>
internal abstract unsafe class HiddenRows
{
    /// <summary>The hidden vector; may be a row itself, or written to the scratch, which is as long as a padded row.</summary>
    public abstract float* Load(int row, float* scratch);

    /// <summary>Moves the parameters along the gradient, which holds the learning rate; called after <see cref="Load"/> with the same scratch.</summary>
    public abstract void Apply(int row, float* gradient, float* scratch);

    /// <summary>Asks for a centre that comes soon.</summary>
    public virtual void Prefetch(int row)
    {
    }
}
