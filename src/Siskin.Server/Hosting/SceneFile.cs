using Siskin.Server.Api;
using Siskin.Server.Api.Json;
using Siskin.Serving.Scenes;

namespace Siskin.Server.Hosting;

/// <summary>Scenes as configuration: a JSON list of scenes in a file.</summary>
public static class SceneFile
{
    /// <summary>Reads the scenes of a file.</summary>
    /// <param name="path">The file; a missing one has no scenes.</param>
    /// <exception cref="InvalidDataException">The file is not of the form expected; the message names it, every wrong field and its place.</exception>
    public static IReadOnlyList<SceneDefinition> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return SceneJson.ReadAll(File.ReadAllBytes(path));
        }
        catch (ProblemException e)
        {
            var findings = e.Problem.Errors?.Select(error => $"{error.Field} {error.Message}") ?? [e.Problem.Detail];
            throw new InvalidDataException($"{path}: {string.Join("; ", findings)}");
        }
    }
}
