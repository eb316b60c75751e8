using Siskin.Data.Catalogue;

namespace Siskin.Data.Datasets;

/// <summary>Adds what a data set declares to the schema of a catalogue.</summary>
public static class SchemaMerge
{
    /// <summary>A schema that declares what either declares.</summary>
    /// <param name="existing">The catalogue's schema; where both declare the same name, it decides about flags and weights.</param>
    /// <param name="added">The data set's schema.</param>
    /// <returns><paramref name="existing"/> itself when nothing is new.</returns>
    /// <exception cref="ArgumentException">An attribute has another type, or vectors another length; all such conflicts are named.</exception>
    public static CatalogueSchema Merge(CatalogueSchema existing, CatalogueSchema added)
    {
        ArgumentNullException.ThrowIfNull(existing);
        ArgumentNullException.ThrowIfNull(added);
        var errors = new List<string>();
        var items = Merge("item", existing.ItemAttributes, added.ItemAttributes, errors);
        var users = Merge("user", existing.UserAttributes, added.UserAttributes, errors);
        var types = added.EventTypes.Where(type => existing.EventTypes.All(known => known.Name != type.Name)).ToArray();
        if (existing.VectorDimension is { } dimension && added.VectorDimension is { } other && dimension != other)
        {
            errors.Add($"item vectors have {dimension} entries in the catalogue and {other} in the data set");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException("The data set does not fit the catalogue's schema: " + string.Join("; ", errors) + ".", nameof(added));
        }

        var vectorDimension = existing.VectorDimension ?? added.VectorDimension;
        var isChanged = items.Count > existing.ItemAttributes.Count || users.Count > existing.UserAttributes.Count
            || types.Length > 0 || vectorDimension != existing.VectorDimension;
        return isChanged
            ? existing with
            {
                ItemAttributes = items,
                UserAttributes = users,
                EventTypes = [.. existing.EventTypes, .. types],
                VectorDimension = vectorDimension,
            }
            : existing;
    }

    private static List<AttributeDefinition> Merge(
        string whose, IReadOnlyList<AttributeDefinition> existing, IReadOnlyList<AttributeDefinition> added, List<string> errors)
    {
        var merged = existing.ToList();
        foreach (var definition in added)
        {
            var known = existing.FirstOrDefault(known => known.Name == definition.Name);
            if (known is null)
            {
                merged.Add(definition);
            }
            else if (known.Type != definition.Type)
            {
                errors.Add($"the {whose} attribute '{definition.Name}' is {Name(known.Type)} in the catalogue and {Name(definition.Type)} in the data set");
            }
        }

        return merged;

        static string Name(AttributeType type) => type.ToString().ToLowerInvariant();
    }
}
