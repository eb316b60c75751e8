using System.Text.Json;
using Siskin.Serving.Scenes;

namespace Siskin.Cli.Homes;

/// <summary>A scene as it stands in <c>scenes.json</c>; parameters are numbers, Booleans or texts.</summary>
/// <remarks>Properties have setters, since generated deserialisers do not keep the defaults of init-only ones.</remarks>
internal sealed class SceneEntry
{
    public required string Name { get; set; }

    public string Description { get; set; } = string.Empty;

    public Dictionary<string, JsonElement> Parameters { get; set; } = [];

    public SceneDefinition ToDefinition(string path) => new()
    {
        Name = Name,
        Description = Description,
        Parameters = Parameters.ToDictionary(p => p.Key, p => TextOf(p.Key, p.Value, path), StringComparer.Ordinal),
    };

    private string TextOf(string name, JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new CliException($"{path}: scene {Name}, parameter {name}: a number, true, false or a text is expected"),
    };
}
