namespace Siskin.Cli.Homes;

/// <summary>What was imported into a home: <c>dataset.json</c>.</summary>
/// <remarks>Properties have setters, since generated deserialisers do not keep the defaults of init-only ones.</remarks>
internal sealed record HomeDescription
{
    /// <summary>Whether a demo made the home and may delete it.</summary>
    public bool IsDemo { get; set; }

    /// <summary>The imports, oldest first; one that is repeated stands here once.</summary>
    public IReadOnlyList<HomeImport> Imports { get; set; } = [];

    /// <summary>The description after another import.</summary>
    public HomeDescription With(HomeImport import)
    {
        // A synthetic world's name says all of its options, however they were written.
        var others = Imports.Where(i => i.Name != import.Name || (import.Synthetic is null && i.Specification != import.Specification));
        return this with { Imports = [.. others, import] };
    }
}
