namespace Siskin.Models.Scoring;

/// <summary>A version of a model that can rank; makes the scorers of releases.</summary>
public interface IScorerFactory
{
    /// <summary>Of the model.</summary>
    string Name { get; }

    /// <summary>Of the model.</summary>
    long Version { get; }

    /// <summary>SHA-256 of what it was loaded from, in hex; tells two versions of one number apart.</summary>
    string Hash { get; }

    /// <summary>Makes a scorer.</summary>
    /// <param name="context">What the scorer's batches hold.</param>
    /// <returns>One head; scores are at least 0. Disposed of with the last request that uses it, where it can be.</returns>
    /// <exception cref="Siskin.Vectors.ModelFormatException">The model asks for features or items that the context has not.</exception>
    IScorer Create(ScorerContext context);
}
