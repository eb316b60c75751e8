namespace Siskin.Data.Catalogue;

/// <summary>The newest state of one item or user that changed.</summary>
/// <param name="Id">Whose state it is.</param>
/// <param name="Version">The catalogue's version at which it changed; versions only grow.</param>
/// <param name="Value">The state, or null when it was deleted.</param>
/// <typeparam name="T"><see cref="Item"/> or <see cref="User"/>.</typeparam>
public sealed record CatalogueChange<T>(string Id, long Version, T? Value)
    where T : class;
