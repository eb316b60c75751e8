namespace Siskin.Inference.Onnx;

/// <summary>How a model is exported.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>Name of the output of logits, float, examples × heads.</summary>
    /// <value>logits.</value>
    public string LogitsName { get; init; } = "logits";

    /// <summary>Name of the output of 1 / (1 + e^−logit), float, examples × heads; null for none. There is none either where a head is not trained by cross-entropy of a label.</summary>
    /// <value>probabilities.</value>
    public string? ProbabilitiesName { get; init; } = "probabilities";

    /// <summary>
    /// Names of the outputs of a model that gives vectors, such as a tower, float, examples × d: one for each of the model's outputs in
    /// turn. An output without a name is left out, and so are inputs that nothing else reads.
    /// </summary>
    /// <value>null: vector, or where there are several, vector_1, vector_2 and so on.</value>
    public IReadOnlyList<string?>? VectorNames { get; init; }

    /// <summary>Name of the output of a sequence model's scores of all items, float, examples × items; null for none.</summary>
    /// <value>scores.</value>
    public string? ScoresName { get; init; } = "scores";
}
