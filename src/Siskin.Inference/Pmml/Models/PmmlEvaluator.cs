using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>A compiled model without what is around it. Safe for concurrent use, with a frame for each thread.</summary>
internal abstract class PmmlEvaluator
{
    public abstract PmmlResult Evaluate(PmmlFrame frame);
}
