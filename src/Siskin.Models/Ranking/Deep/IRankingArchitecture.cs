using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>A model that tells how likely an example's labels are. Implementations are immutable records whose properties are their settings.</summary>
public interface IRankingArchitecture
{
    /// <summary>Puts the model together.</summary>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <returns>A graph whose outputs are logits.</returns>
    ModelGraph Build(ExampleLayout layout, int seed = 1);
}
