namespace Siskin.Models.Embeddings;

/// <summary>EGES: the hidden vector is the attention-weighted mean of the item's row and the rows of its values.</summary>
internal sealed unsafe class EgesRows(
    AlignedRows items, AlignedRows values, AlignedRows attention, SideInformation sideInformation, int[] itemOfRow) : HiddenRows
{
    /// <summary>H = Σ_j α_j W_j with α = softmax(a) over the parts that the item has; equation 6 of the paper.</summary>
    public override float* Load(int row, float* scratch)
    {
        Span<float> weights = stackalloc float[1 + sideInformation.FieldCount];
        Weights(row, weights);
        new Span<float>(scratch, items.Stride).Clear();
        for (var part = 0; part < weights.Length; part++)
        {
            if (weights[part] > 0)
            {
                SkipGramKernel.AddScaled(scratch, Part(row, part), items.Stride, weights[part]);
            }
        }

        return scratch;
    }

    /// <summary>W_j moves by α_j·g, a_j by α_j·(g·W_j − g·H).</summary>
    public override void Apply(int row, float* gradient, float* scratch)
    {
        Span<float> weights = stackalloc float[1 + sideInformation.FieldCount];
        Weights(row, weights);
        var mean = SkipGramKernel.Dot(gradient, scratch, items.Stride);
        var logits = attention.Row(row);
        for (var part = 0; part < weights.Length; part++)
        {
            if (weights[part] > 0)
            {
                var vector = Part(row, part);
                logits[part] += weights[part] * (SkipGramKernel.Dot(gradient, vector, items.Stride) - mean);
                SkipGramKernel.AddScaled(vector, gradient, items.Stride, weights[part]);
            }
        }
    }

    /// <summary>Attention of each part, the item itself first; 0 for values that it lacks, 1 in sum.</summary>
    public void Weights(int row, Span<float> weights)
    {
        var logits = new ReadOnlySpan<float>(attention.Row(row), weights.Length);
        var itemValues = sideInformation.Item(itemOfRow[row]);
        var largest = logits[0];
        for (var part = 1; part < weights.Length; part++)
        {
            largest = itemValues[part - 1] >= 0 ? MathF.Max(largest, logits[part]) : largest;
        }

        var sum = 0f;
        for (var part = 0; part < weights.Length; part++)
        {
            weights[part] = part == 0 || itemValues[part - 1] >= 0 ? MathF.Exp(logits[part] - largest) : 0;
            sum += weights[part];
        }

        for (var part = 0; part < weights.Length; part++)
        {
            weights[part] /= sum;
        }
    }

    private float* Part(int row, int part) =>
        part == 0 ? items.Row(row) : values.Row(sideInformation.Item(itemOfRow[row])[part - 1]);
}
