using Siskin.Vectors.Files;

namespace Siskin.Vectors.Advice;

/// <summary>An index with its parameters that may be recommended. A new kind is one class of this, named in <see cref="IndexCandidates"/>.</summary>
internal abstract class IndexCandidate
{
    /// <summary>What tables call it; unlike that of any other.</summary>
    public abstract string Name { get; }

    /// <summary>The kind's name in files and commands.</summary>
    public abstract string Kind { get; }

    /// <summary>Options of the index class by name, without the effort.</summary>
    /// <param name="count">Vectors that there will be.</param>
    public virtual IReadOnlyDictionary<string, string> Parameters(long count) => new Dictionary<string, string>();

    /// <summary>The option that <see cref="SearchOptions.Effort"/> stands for; null when searches have none.</summary>
    public virtual string? EffortName => null;

    /// <summary>How the time of a search grows with n, at least: what is measured to grow faster is believed.</summary>
    public abstract GrowthLaw SearchGrowth { get; }

    /// <summary>How the time of adding a vector grows with n, at least; building takes n times as long.</summary>
    public abstract GrowthLaw ChangeGrowth { get; }

    /// <summary>Efforts worth measuring, rising; measuring stops at one whose recall is far beyond what is wanted.</summary>
    /// <param name="k">How many a search asks for.</param>
    public virtual IReadOnlyList<int> Efforts(int k) => [0];

    /// <summary>Builds it over a sample; the id of a vector is its row. What is chosen by the number of vectors may be chosen by <see cref="IndexAdvisorOptions.Count"/>.</summary>
    public abstract IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken);

    /// <summary>The effort at which a search looks at every vector, where that grows with their number; 0 where there is none.</summary>
    public virtual int WholeEffort(IVectorIndex index) => 0;

    /// <summary>Does at once the upkeep that the index would do later, after some removals.</summary>
    public virtual void KeepUp(IVectorIndex index)
    {
    }
}
