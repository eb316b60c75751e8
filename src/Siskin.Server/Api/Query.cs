using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Siskin.Server.Api;

/// <summary>Reads query parameters; names that nobody asked for are errors, so that a misspelling is not ignored.</summary>
internal sealed class Query(HttpRequest request, FieldErrors errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The one value of a parameter, or null.</summary>
    public string? Text(string name)
    {
        var values = All(name);
        if (values.Count > 1)
        {
            errors.Add(name, "is given more than once");
        }

        return values.Count == 0 ? null : values[0] ?? string.Empty;
    }

    /// <summary>A whole number, or null.</summary>
    public int? Integer(string name, int min, int max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        errors.Add(name, $"is '{FieldErrors.Shorten(text, 40)}'; a whole number from {min:N0} to {max:N0} is allowed");
        return null;
    }

    /// <summary>A finite number, or null.</summary>
    public double? Number(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        errors.Add(name, $"is '{FieldErrors.Shorten(text, 40)}'; a number is allowed");
        return null;
    }

    /// <summary>A switch: absent is false, without value is true.</summary>
    public bool Switch(string name)
    {
        switch (Text(name))
        {
            case null or "false" or "0":
                return false;
            case "" or "true" or "1":
                return true;
            default:
                errors.Add(name, "must be true or false");
                return false;
        }
    }

    /// <summary>All values of a parameter, as given.</summary>
    public IReadOnlyList<string> List(string name, int max)
    {
        var values = All(name);
        if (values.Count > max)
        {
            errors.Add(name, $"is given {values.Count:N0} times; at most {max:N0} are allowed");
            return [];
        }

        return values.Count == 0 ? [] : [.. values.Select(v => v ?? string.Empty)];
    }

    /// <summary>The parameters whose name begins with a prefix, without it.</summary>
    public IReadOnlyDictionary<string, string> Map(string prefix)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in request.Query)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal) && Text(name) is { } value)
            {
                map[name[prefix.Length..]] = value;
            }
        }

        return map;
    }

    /// <summary>Reports every parameter that was not read.</summary>
    public void RefuseOthers(string allowed)
    {
        foreach (var (name, _) in request.Query)
        {
            if (!_known.Contains(name))
            {
                errors.Add(name, $"is not a parameter of this route; {allowed}");
            }
        }
    }

    // The collection ignores case; names here do not.
    private StringValues All(string name)
    {
        _known.Add(name);
        foreach (var (key, values) in request.Query)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                return values;
            }
        }

        return default;
    }
}
