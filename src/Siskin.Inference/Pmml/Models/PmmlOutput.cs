using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>An output of a model.</summary>
/// <param name="Field">Where it is put.</param>
/// <param name="Value">What it is, of a row and its result.</param>
/// <param name="IsFinal">Whether it is for those who score, rather than for other outputs.</param>
internal sealed record PmmlOutput(PmmlField Field, Func<PmmlFrame, PmmlResult, PmmlValue> Value, bool IsFinal);
