using System.Collections.Frozen;
using Siskin.Inference.Registry;
using Siskin.Vectors;
using Siskin.Vectors.Files;

namespace Siskin.Inference.Precomputed;

/// <summary>Loads vectors of users and items: <c>users.npy</c> and <c>items.npy</c> with the ids in <c>users.txt</c> and <c>items.txt</c>, one a line; with a light model, also <c>light.json</c> and <c>interests.npy</c>.</summary>
public sealed class EmbeddingLoader : IServableLoader
{
    /// <inheritdoc/>
    public string Kind => "embeddings";

    /// <inheritdoc/>
    public bool Recognises(string folder) => File.Exists(Path.Combine(folder, "items.npy"));

    /// <inheritdoc/>
    public IServable Load(string folder)
    {
        var (users, userVectors) = Read(folder, "users");
        var (items, itemVectors) = Read(folder, "items");
        if (userVectors.Dimensions != itemVectors.Dimensions)
        {
            throw new ModelFormatException(Path.Combine(folder, "users.npy"), -1, $"its vectors have {userVectors.Dimensions} numbers, those of the items {itemVectors.Dimensions}");
        }

        var light = LightModel.Read(folder);
        VectorSet? interests = null;
        if (light is not null)
        {
            var path = Path.Combine(folder, "interests.npy");
            interests = VectorFile.Read(path);
            if (interests.Dimensions != itemVectors.Dimensions || interests.Count != users.Count * light.Interests)
            {
                throw new ModelFormatException(path, -1, $"it has {interests.Count} vectors of {interests.Dimensions} numbers; {users.Count} users with {light.Interests} interests each need {users.Count * light.Interests} of {itemVectors.Dimensions}");
            }
        }

        return new EmbeddingServable(users, userVectors, items, itemVectors, light, interests);
    }

    /// <summary>Writes the ids and vectors of one side.</summary>
    internal static void Write(string folder, string side, IReadOnlyList<string> ids, ReadOnlySpan<float> rows, int dimensions)
    {
        File.WriteAllLines(Path.Combine(folder, side + ".txt"), ids);
        VectorWriter.Write(Path.Combine(folder, side + ".npy"), rows, dimensions);
    }

    private static (FrozenDictionary<string, int> Ids, VectorSet Vectors) Read(string folder, string side)
    {
        var path = Path.Combine(folder, side + ".npy");
        var vectors = VectorFile.Read(path);
        if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll(vectors.Rows.Span))
        {
            throw new ModelFormatException(path, -1, "a number is not finite");
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = Path.Combine(folder, side + ".txt");
        foreach (var line in File.ReadLines(names))
        {
            if (!ids.TryAdd(line, ids.Count))
            {
                throw new ModelFormatException(names, -1, $"'{line}' is there twice");
            }
        }

        return ids.Count == vectors.Count
            ? (ids.ToFrozenDictionary(StringComparer.Ordinal), vectors)
            : throw new ModelFormatException(names, -1, $"it has {ids.Count} ids for the {vectors.Count} vectors of {Path.GetFileName(path)}");
    }
}
