using Siskin.Serving.Pipeline;

namespace Siskin.Serving.Scenes;

/// <summary>A place where recommendations are shown, with the value of every parameter of the pipeline there.</summary>
/// <remarks>Immutable; a request's overrides make a new one.</remarks>
public sealed class Scene
{
    private readonly SceneParameterSet _set;
    private readonly double[] _numbers;
    private readonly string[] _texts;
    private readonly object?[] _parsed;

    private Scene(string name, string description, SceneParameterSet set, double[] numbers, string[] texts, object?[] parsed)
    {
        Name = name;
        Description = description;
        _set = set;
        _numbers = numbers;
        _texts = texts;
        _parsed = parsed;
    }

    /// <summary>Name, as requests give it.</summary>
    public string Name { get; }

    /// <summary>What it is for, in one sentence.</summary>
    public string Description { get; }

    /// <summary>The parameters that differ from their defaults, by name.</summary>
    public IReadOnlyDictionary<string, string> Changed
    {
        get
        {
            var changed = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < _texts.Length; i++)
            {
                if (_texts[i] != _set.Parameters[i].Default)
                {
                    changed[_set.Parameters[i].Name] = _texts[i];
                }
            }

            return changed;
        }
    }

    /// <summary>The value of every parameter, by name.</summary>
    public IReadOnlyDictionary<string, string> Values =>
        _set.Parameters.Select((p, i) => (p.Name, Text: _texts[i])).ToDictionary(p => p.Name, p => p.Text, StringComparer.Ordinal);

    /// <summary>A scene with default parameters.</summary>
    internal static Scene Create(string name, string description, SceneParameterSet set)
    {
        var numbers = new double[set.Parameters.Count];
        var texts = new string[set.Parameters.Count];
        var parsed = new object?[set.Parameters.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = set.Parameters[i].Default;
            if (set.Parameters[i].Explain(texts[i], out numbers[i], out parsed[i]) is { } error)
            {
                throw new InvalidOperationException($"The default of {set.Parameters[i].Name} {error}.");
            }
        }

        return new Scene(name, description, set, numbers, texts, parsed);
    }

    /// <summary>This scene with some parameters replaced.</summary>
    /// <param name="overrides">Values by name.</param>
    /// <param name="path">Prefix of the field named in errors, such as <c>parameters.</c>.</param>
    /// <exception cref="RequestException">A name is unknown or a value is not allowed.</exception>
    public Scene With(IReadOnlyDictionary<string, string> overrides, string path = "parameters.")
    {
        if (overrides.Count == 0)
        {
            return this;
        }

        var numbers = (double[])_numbers.Clone();
        var texts = (string[])_texts.Clone();
        var parsed = (object?[])_parsed.Clone();
        foreach (var (name, text) in overrides)
        {
            var index = _set.IndexOf(name);
            if (index < 0)
            {
                throw new RequestException(path + name, "is not a parameter of scenes; GET /v1/scenes lists them");
            }

            if (_set.Parameters[index].Explain(text, out numbers[index], out parsed[index]) is { } error)
            {
                throw new RequestException(path + name, error);
            }

            texts[index] = text;
        }

        return new Scene(Name, Description, _set, numbers, texts, parsed);
    }

    internal double Number(int index) => _numbers[index];

    internal int Integer(int index) => (int)_numbers[index];

    internal bool Boolean(int index) => _numbers[index] != 0;

    internal string Text(int index) => _texts[index];

    /// <summary>What the parameter's text was read as.</summary>
    internal T Parsed<T>(int index) => (T)_parsed[index]!;
}
