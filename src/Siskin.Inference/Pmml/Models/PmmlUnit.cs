using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>A model with its targets and outputs. Safe for concurrent use, with a frame for each thread.</summary>
internal sealed class PmmlUnit(PmmlEvaluator evaluator, PmmlTarget? target, IReadOnlyList<PmmlOutput> outputs)
{
    /// <summary>Its outputs, in the order of the document; those of the models of a chain are outputs of the chain.</summary>
    public IReadOnlyList<PmmlOutput> Outputs { get; } = [.. outputs, .. (evaluator as MiningEvaluator)?.ChainOutputs ?? []];

    /// <summary>The result of a row, whose outputs are in the frame afterwards.</summary>
    public PmmlResult Evaluate(PmmlFrame frame)
    {
        var result = evaluator.Evaluate(frame);
        result = target?.Apply(result) ?? result;
        foreach (var output in outputs)
        {
            frame.Set(output.Field.Slot, output.Value(frame, result));
        }

        return result;
    }
}
