using System.Collections.Frozen;
using Siskin.Vectors;

namespace Siskin.Inference.Ranking;

/// <summary>The numbers that a model has for ids or tags: one a line, in order.</summary>
internal sealed class Vocabulary
{
    private readonly FrozenDictionary<string, long> _numbers;
    private readonly long _unknown;

    private Vocabulary(FrozenDictionary<string, long> numbers, long unknown) => (_numbers, _unknown) = (numbers, unknown);

    /// <summary>Reads the vocabulary of an input.</summary>
    /// <param name="folder">Of the model.</param>
    /// <param name="input">Names the file.</param>
    /// <exception cref="ModelFormatException">The file is missing, outside of the folder, or names something twice.</exception>
    public static Vocabulary Read(string folder, FeatureInput input)
    {
        var path = Path.GetFullPath(Path.Combine(folder, input.Vocabulary!));
        if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
        {
            throw new ModelFormatException(Path.Combine(folder, FeatureMapping.FileName), -1, $"the vocabulary '{input.Vocabulary}' of the input '{input.Input}' is not a file of the model");
        }

        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            if (!numbers.TryAdd(line, input.First + numbers.Count))
            {
                throw new ModelFormatException(path, -1, $"'{line}' is there twice");
            }
        }

        return new Vocabulary(numbers.ToFrozenDictionary(StringComparer.Ordinal), input.Unknown);
    }

    /// <summary>The number of an id or tag.</summary>
    public long this[string text] => _numbers.TryGetValue(text, out var number) ? number : _unknown;

    /// <summary>Whether it is known.</summary>
    public bool Contains(string text) => _numbers.ContainsKey(text);
}
