using System.Collections.Frozen;
using Siskin.Serving.Pipeline;

namespace Siskin.Serving.Scenes;

/// <summary>The scenes of a deployment, by name.</summary>
public sealed class SceneBook
{
    private readonly FrozenDictionary<string, Scene> _scenes;

    internal SceneBook(IEnumerable<SceneDefinition> definitions, SceneParameterSet parameters)
    {
        Parameters = parameters;
        var scenes = new Dictionary<string, Scene>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (definition.Name.Length is 0 or > 64 || !definition.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                throw new RequestException("scenes.name", $"'{definition.Name}' must have 1 to 64 letters, digits, hyphens or underscores");
            }

            // A later definition replaces a built-in one of the same name.
            scenes[definition.Name] = Scene.Create(definition.Name, definition.Description, parameters)
                .With(definition.Parameters, $"scenes.{definition.Name}.");
        }

        _scenes = scenes.ToFrozenDictionary(StringComparer.Ordinal);
        Scenes = [.. scenes.Values.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>All scenes, by name.</summary>
    public IReadOnlyList<Scene> Scenes { get; }

    /// <summary>The parameters that scenes have.</summary>
    public SceneParameterSet Parameters { get; }

    /// <summary>The scene of a name.</summary>
    /// <exception cref="RequestException">There is no such scene; the message lists those there are.</exception>
    public Scene Get(string name) =>
        name is not null && _scenes.TryGetValue(name, out var scene)
            ? scene
            : throw new RequestException("scene", $"'{name}' is unknown; the scenes are {string.Join(", ", Scenes.Select(s => s.Name))}", isNotFound: true);
}
