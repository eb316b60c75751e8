using System.Globalization;
using Siskin.Models;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>A model that can be trained and judged by name.</summary>
/// <param name="Name">In kebab-case.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Paper">Authors, year and title.</param>
/// <param name="Defaults">Records whose properties are its parameters; names differ between them.</param>
public sealed record ModelEntry(string Name, ModelKind Kind, string Paper, IReadOnlyList<object> Defaults)
{
    /// <summary>Trains with some settings; null for ranking models, which are trained on features.</summary>
    internal Func<IReadOnlyList<object>, TrainingInput, IProgress<TrainingStep>?, CancellationToken, TrainedModel>? Train { get; init; }

    /// <summary>Names and default values of the parameters.</summary>
    public IReadOnlyDictionary<string, string> Parameters => Describe(Defaults);

    /// <summary>The defaults with other values.</summary>
    /// <param name="settings">Names and texts.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or a value is not allowed; names it.</exception>
    public IReadOnlyList<object> With(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var known = Parameters;
        if (settings.Keys.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
        {
            throw new ArgumentException($"{Name} has no parameter '{unknown}', only {string.Join(", ", known.Keys)}", nameof(settings));
        }

        return [.. Defaults.Select(options =>
        {
            var own = ModelSettings.Describe(options);
            try
            {
                return ModelSettings.With(options, settings.Where(setting => own.ContainsKey(setting.Key)).ToDictionary(StringComparer.Ordinal));
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"{Name}: {e.Message.Split(" (Parameter", 2)[0]}", nameof(settings));
            }
        })];
    }

    /// <summary>Names and values of records.</summary>
    /// <param name="options">As <see cref="With"/> gives them.</param>
    public static IReadOnlyDictionary<string, string> Describe(IReadOnlyList<object> options)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in options.SelectMany(ModelSettings.Describe))
        {
            all[name] = value;
        }

        return all;
    }

    /// <summary>Whether there is a parameter <c>seed</c>.</summary>
    public bool HasSeed => Parameters.ContainsKey("seed");

    /// <summary>The settings with a seed, where the model has one.</summary>
    internal IReadOnlyDictionary<string, string> WithSeed(IReadOnlyDictionary<string, string> settings, int seed) =>
        HasSeed ? new Dictionary<string, string>(settings, StringComparer.Ordinal) { ["seed"] = seed.ToString(CultureInfo.InvariantCulture) } : settings;
}
