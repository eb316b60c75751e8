using Siskin.Models.Scoring;

namespace Siskin.Inference.Registry;

/// <summary>A model that ranks by itself, without a mapping from features to its inputs.</summary>
public interface IRankingServable : IServable
{
    /// <summary>Makes the scorer of a release; it does not outlive the model.</summary>
    /// <exception cref="Vectors.ModelFormatException">The model asks for something that the context has not.</exception>
    IScorer CreateScorer(ScorerContext context);
}
