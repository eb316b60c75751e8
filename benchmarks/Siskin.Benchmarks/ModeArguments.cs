using System.Globalization;

namespace Siskin.Benchmarks;

/// <summary>The <c>--name value</c> pairs of a plain mode.</summary>
internal sealed class ModeArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="arguments">Pairs only.</param>
    /// <param name="names">Which names there are.</param>
    /// <exception cref="ArgumentException">A name is unknown or has no value.</exception>
    public ModeArguments(string[] arguments, params string[] names)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!names.Contains(arguments[i]) || i + 1 == arguments.Length)
            {
                throw new ArgumentException($"'{arguments[i]}' is not expected, or has no value; there are {string.Join(", ", names.Select(n => n + " VALUE"))}.");
            }

            _values[arguments[i]] = arguments[i + 1];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Integer(string name, int value) =>
        _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : value;
}
