using System.Collections.Frozen;
using System.Text.Json;
using Siskin.Inference.Registry;
using Siskin.Vectors;

namespace Siskin.Inference.Precomputed;

/// <summary>Loads <c>lists.jsonl</c>: a line <c>{"user": "u1", "items": ["a", "b"], "scores": [0.9, 0.4]}</c> for each user, best item first.</summary>
/// <remarks>The user <c>*</c> stands for all others. Without scores, the place in the list gives them.</remarks>
public sealed class ListLoader : IServableLoader
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "lists.jsonl";

    private const string Others = "*";

    /// <inheritdoc/>
    public string Kind => "lists";

    /// <inheritdoc/>
    public bool Recognises(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <inheritdoc/>
    public IServable Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var (users, places, items) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal), new List<string>());
        var (offsets, rows, scores) = (new List<int> { 0 }, new List<int>(), new List<float>());
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length > 0)
            {
                ReadLine(path, number, line, users, places, items, rows, scores);
                offsets.Add(rows.Count);
            }
        }

        var fallback = users.Remove(Others, out var place) ? place : -1;
        return new ListServable(users.ToFrozenDictionary(StringComparer.Ordinal), items, [.. offsets], [.. rows], [.. scores], fallback);
    }

    private static void ReadLine(string path, int number, string line, Dictionary<string, int> users, Dictionary<string, int> places, List<string> items, List<int> rows, List<float> scores)
    {
        ModelFormatException Wrong(string message) => new(path, -1, $"line {number} {message}");
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("user", out var user) || user.ValueKind != JsonValueKind.String || !root.TryGetProperty("items", out var ids) || ids.ValueKind != JsonValueKind.Array)
            {
                throw Wrong("is not of the form {\"user\": …, \"items\": […], \"scores\": […]}");
            }

            if (!users.TryAdd(user.GetString()!, users.Count))
            {
                throw Wrong($"is a second one for the user '{user.GetString()}'");
            }

            var hasScores = root.TryGetProperty("scores", out var values);
            if (hasScores && (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != ids.GetArrayLength()))
            {
                throw Wrong($"has not a score for each of its {ids.GetArrayLength()} items");
            }

            for (var i = 0; i < ids.GetArrayLength(); i++)
            {
                var id = ids[i].ValueKind == JsonValueKind.String ? ids[i].GetString()! : throw Wrong($"has an item that is not a text: {ids[i]}");
                if (!places.TryGetValue(id, out var place))
                {
                    places[id] = place = items.Count;
                    items.Add(id);
                }

                var score = 1f / (i + 1);
                if (hasScores && (values[i].ValueKind != JsonValueKind.Number || !values[i].TryGetSingle(out score) || !(score >= 0) || !float.IsFinite(score)))
                {
                    throw Wrong($"has the score {values[i]}; numbers of at least 0 are allowed");
                }

                rows.Add(place);
                scores.Add(score);
            }
        }
        catch (JsonException e)
        {
            throw Wrong($"is not JSON: {e.Message}");
        }
    }
}
