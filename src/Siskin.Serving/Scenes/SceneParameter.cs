using System.Globalization;
using Siskin.Models.Scoring;

namespace Siskin.Serving.Scenes;

/// <summary>Declares one parameter of scenes: its name, its type, its default and what is allowed.</summary>
/// <remarks>Experiments and requests override parameters by these names, so a name is never reused for another meaning.</remarks>
public sealed class SceneParameter
{
    private SceneParameter(string name, SceneParameterKind kind, string defaultValue, string description)
    {
        Name = name;
        Kind = kind;
        Default = defaultValue;
        Description = description;
    }

    /// <summary>Dotted name, such as <c>recall.embedding.quota</c>.</summary>
    public string Name { get; }

    /// <summary>Type of its values.</summary>
    public SceneParameterKind Kind { get; }

    /// <summary>The default, as text.</summary>
    public string Default { get; }

    /// <summary>What it does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>Lowest number allowed.</summary>
    public double Min { get; private init; } = double.MinValue;

    /// <summary>Highest number allowed.</summary>
    public double Max { get; private init; } = double.MaxValue;

    /// <summary>Texts allowed; null allows any, which <see cref="Parse"/> may narrow.</summary>
    public IReadOnlyList<string>? Choices { get; private init; }

    /// <summary>Whether texts other than <see cref="Choices"/> are allowed when they name a model: NAME, NAME@VERSION or NAME:LABEL.</summary>
    public bool TakesModels { get; private init; }

    /// <summary>Reads a text; throws <see cref="FormatException"/> when it is not of the parameter's form.</summary>
    internal Func<string, object>? Parse { get; private init; }

    internal static SceneParameter Integer(string name, int value, int min, int max, string description) =>
        new(name, SceneParameterKind.Integer, value.ToString(CultureInfo.InvariantCulture), description) { Min = min, Max = max };

    internal static SceneParameter Number(string name, double value, double min, double max, string description) =>
        new(name, SceneParameterKind.Number, value.ToString("R", CultureInfo.InvariantCulture), description) { Min = min, Max = max };

    internal static SceneParameter Boolean(string name, bool value, string description) =>
        new(name, SceneParameterKind.Boolean, value ? "true" : "false", description);

    internal static SceneParameter OneOf(string name, string value, IReadOnlyList<string> choices, string description) =>
        new(name, SceneParameterKind.Text, value, description) { Choices = choices };

    internal static SceneParameter ModelOrOneOf(string name, string value, IReadOnlyList<string> choices, string description) =>
        new(name, SceneParameterKind.Text, value, description) { Choices = choices, TakesModels = true };

    internal static SceneParameter Text(string name, string value, Func<string, object> parse, string description) =>
        new(name, SceneParameterKind.Text, value, description) { Parse = parse };

    /// <summary>Says what is wrong with a value, or null when it is allowed.</summary>
    /// <param name="text">The value, as text.</param>
    /// <param name="number">The value as a number; 0 or 1 for a Boolean, 0 for a text.</param>
    public string? Explain(string text, out double number) => Explain(text, out number, out _);

    internal string? Explain(string? text, out double number, out object? parsed)
    {
        number = 0;
        parsed = null;
        switch (Kind)
        {
            case SceneParameterKind.Boolean:
                number = text == "true" ? 1 : 0;
                return text is "true" or "false" ? null : $"is '{text}'; true or false is allowed";
            case SceneParameterKind.Text:
                if (text is null)
                {
                    return "is null; a text is expected";
                }

                if (Choices is not null)
                {
                    return Choices.Contains(text, StringComparer.Ordinal) || (TakesModels && ModelReference.IsValid(text))
                        ? null
                        : $"is '{text}'; one of {string.Join(", ", Choices)}{(TakesModels ? ", or a model's NAME, NAME@VERSION or NAME:LABEL" : string.Empty)} is allowed";
                }

                try
                {
                    parsed = Parse?.Invoke(text);
                    return null;
                }
                catch (FormatException e)
                {
                    return e.Message;
                }

            default:
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                    || !(number >= Min && number <= Max)
                    || (Kind == SceneParameterKind.Integer && number != Math.Floor(number)))
                {
                    var what = Kind == SceneParameterKind.Integer ? "a whole number" : "a number";
                    return string.Create(CultureInfo.InvariantCulture, $"is '{text}'; {what} from {Min} to {Max} is allowed");
                }

                return null;
        }
    }
}
