using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Siskin.Models;

/// <summary>The settings of an options record as names and texts: <c>layers=128,64</c>.</summary>
/// <remarks>Properties that can be set at creation and hold a number, a truth value, a text, a name of an enum or a list of integers; names in kebab-case.</remarks>
public static class ModelSettings
{
    /// <summary>Names and values, by name.</summary>
    /// <param name="options">An options record.</param>
    public static IReadOnlyDictionary<string, string> Describe(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in Properties(options.GetType()))
        {
            settings[NameOf(property)] = Text(property.GetValue(options));
        }

        return settings;
    }

    /// <summary>A copy with other values.</summary>
    /// <param name="options">A record; not changed.</param>
    /// <param name="settings">Names and texts.</param>
    /// <exception cref="ArgumentException">There is no such setting, a text is no such value, or a value is out of its range; names it and says what is allowed.</exception>
    public static T With<T>(T options, IReadOnlyDictionary<string, string> settings)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(settings);
        var type = options.GetType();
        var clone = type.GetMethod("<Clone>$") ?? throw new ArgumentException($"{type.Name} is no record", nameof(options));
        var copy = (T)clone.Invoke(options, null)!;
        var known = Properties(type).ToDictionary(NameOf, StringComparer.Ordinal);
        foreach (var (name, text) in settings)
        {
            if (!known.TryGetValue(name, out var property))
            {
                throw new ArgumentException($"there is no setting '{name}', only {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}", nameof(settings));
            }

            property.SetValue(copy, Parse(name, text, property.PropertyType));
        }

        try
        {
            OptionsValidation.Check(copy);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(e.Message, nameof(settings));
        }

        return copy;
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && IsSetting(property.PropertyType));

    private static bool IsSetting(Type type) =>
        type.IsEnum || type == typeof(int) || type == typeof(long) || type == typeof(float) || type == typeof(double) || type == typeof(bool) || type == typeof(string) || type == typeof(IReadOnlyList<int>);

    private static string NameOf(PropertyInfo property)
    {
        var name = new StringBuilder();
        for (var i = 0; i < property.Name.Length; i++)
        {
            var letter = property.Name[i];
            if (i > 0 && char.IsUpper(letter) && (char.IsLower(property.Name[i - 1]) || (i + 1 < property.Name.Length && char.IsLower(property.Name[i + 1]))))
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        bool truth => truth ? "true" : "false",
        string text => text,
        IEnumerable list => string.Join(',', list.Cast<int>().Select(number => number.ToString(CultureInfo.InvariantCulture))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static object Parse(string name, string text, Type type)
    {
        object? value = null;
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            value = integer;
        }
        else if (type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large))
        {
            value = large;
        }
        else if (type == typeof(float) && float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single) && float.IsFinite(single))
        {
            value = single;
        }
        else if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            value = number;
        }
        else if (type == typeof(bool) && bool.TryParse(text, out var truth))
        {
            value = truth;
        }
        else if (type.IsEnum && Enum.GetNames(type).Contains(text.Replace("-", string.Empty, StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase))
        {
            value = Enum.Parse(type, text.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true);
        }
        else if (type == typeof(IReadOnlyList<int>))
        {
            var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var numbers = new int[parts.Length];
            value = parts.Select((part, i) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) && numbers[i] > 0).All(isNumber => isNumber) ? numbers : null;
        }

        return value ?? throw new ArgumentException($"setting '{name}' cannot be '{text}'; {Expected(type)} is expected");
    }

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(bool) => "true or false",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
        _ when type == typeof(IReadOnlyList<int>) => "whole numbers above 0 separated by commas",
        _ => "a number",
    };
}
