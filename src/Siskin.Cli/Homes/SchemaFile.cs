using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Data;
using Siskin.Data.Catalogue;

namespace Siskin.Cli.Homes;

/// <summary>Reads a schema from a file: <c>{"itemAttributes", "userAttributes", "eventTypes", "vectorDimension"}</c>.</summary>
internal static class SchemaFile
{
    /// <summary>Reads and checks a schema; event types that are left out are the common ones.</summary>
    /// <exception cref="CliException">The file is not a schema; every mistake is named.</exception>
    public static CatalogueSchema Read(string path)
    {
        CatalogueSchema schema;
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllText(path), JsonText.Context.SchemaDocument);
            schema = document?.ToSchema() ?? throw new CliException($"{path}: is null");
        }
        catch (JsonException e)
        {
            throw new CliException($"{path}: {e.Message}", ExitCodes.Failure, e);
        }

        var errors = new List<ValidationError>();
        CatalogueValidator.Check(schema, errors);
        return errors.Count == 0
            ? schema
            : throw new CliException($"{path}: {string.Join("; ", errors.Select(e => $"{e.Field} {e.Message}"))}");
    }
}
