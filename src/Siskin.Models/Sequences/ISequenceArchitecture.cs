using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>A model that foretells a user's next item from those before it. Implementations are immutable.</summary>
public interface ISequenceArchitecture
{
    /// <summary>For messages.</summary>
    string Name { get; }

    /// <summary>Most items of a history that are looked at: the latest.</summary>
    int MaxLength { get; }

    /// <summary>Numbers of a vector, d.</summary>
    int Dimensions { get; }

    /// <summary>Puts the model together.</summary>
    /// <param name="layout">That of <see cref="SequenceExamples"/>.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <returns>A graph whose one output is a vector for each user; its inner product with an item's row of the items' table is the score.</returns>
    SequenceGraph Build(ExampleLayout layout, int seed);
}
