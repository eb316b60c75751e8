namespace Siskin.Data.Catalogue;

/// <summary>An id cannot be stored because another id already has its key.</summary>
/// <param name="id">The refused id.</param>
/// <param name="holder">The id that holds the key.</param>
public sealed class CatalogueConflictException(string id, string holder)
    : Exception($"The id '{id}' has the same 64-bit key as the stored id '{holder}'; choose another id.")
{
    /// <summary>The refused id.</summary>
    public string Id { get; } = id;

    /// <summary>The id that holds the key.</summary>
    public string Holder { get; } = holder;
}
