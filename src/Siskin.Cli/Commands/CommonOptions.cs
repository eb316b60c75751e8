using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Models.Factorization;
using Siskin.Models.Ranking.Deep;
using Siskin.Offline.Jobs;
using Siskin.Serving.Rank;

namespace Siskin.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string> Home() => new("--home")
    {
        Description = "The folder that holds everything.",
        HelpName = "DIR",
        DefaultValueFactory = _ => SiskinHome.DefaultDirectory,
    };

    public static Option<string> Tune() =>
        OneOf("--tune", "quick", "How much to spend on choosing settings: nothing, seconds, or up to half an hour.", "none", "quick", "thorough");

    public static Option<int> Dimensions() => Ranged("--dimensions", new ImplicitAlsOptions().Dimensions, 1, 4096, "Length of user and item vectors; --tune thorough tries several.");

    public static Option<int> Epochs() => Ranged("--epochs", new ImplicitAlsOptions().Epochs, 1, 10_000, "Epochs of the matrix factorisation.");

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of tables." };

    public static Option<string> Urls()
    {
        var option = new Option<string>("--urls")
        {
            Description = "Addresses to listen on, separated by semicolons.",
            HelpName = "URLS",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        option.Validators.Add(result =>
        {
            foreach (var url in result.Tokens.Count == 1 ? UrlsOf(result.Tokens[0].Value) : [])
            {
                // Hosts such as * and + are the server's own notation, and no host of a URI.
                var host = url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal);
                if (!Uri.TryCreate(host, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                {
                    result.AddError($"--urls: '{url}' is not an address such as http://127.0.0.1:8080");
                }
            }
        });
        return option;
    }

    /// <summary>The addresses of a text.</summary>
    public static string[] UrlsOf(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } urls
        ? urls
        : [text];

    public static Option<double> Number(string name, double value, double least, double most, string description)
    {
        var option = new Option<double>(name)
        {
            Description = description,
            HelpName = "X",
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                // The same in every country.
                if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                {
                    return number;
                }

                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{result.Tokens[0].Value}'; {least} to {most} is allowed"));
                return value;
            },
        };
        return option;
    }

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Ranged(string name, int value, int min, int max, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // What is no number at all is told by the parser.
            if (result.Tokens.Count == 1
                && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var given)
                && (given < min || given > max))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {given}; {min} to {max} is allowed"));
            }
        });
        return option;
    }

    /// <summary>One of a few words.</summary>
    public static Option<string> OneOf(string name, string value, string description, params string[] choices)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', choices), DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !choices.Contains(result.Tokens[0].Value, StringComparer.Ordinal))
            {
                result.AddError($"{name} is '{result.Tokens[0].Value}'; {string.Join(", ", choices)} are allowed");
            }
        });
        return option;
    }

    /// <summary>A list of values separated by commas.</summary>
    public static Option<string?> List(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>The values of a list.</summary>
    public static string[] Split(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The numbers of a list, each once, ascending.</summary>
    /// <exception cref="CliException">One is no number within bounds, or there is none.</exception>
    public static int[] Numbers(string name, string text, int min, int max)
    {
        var numbers = new SortedSet<int>();
        foreach (var part in Split(text))
        {
            if (!int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
            {
                throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"{name}: '{part}' is not a whole number from {min} to {max}"));
            }

            numbers.Add(number);
        }

        return numbers.Count > 0 ? [.. numbers] : throw CliException.Usage($"{name} names no number");
    }

    /// <summary>The member of an enumeration that a word names.</summary>
    public static T Named<T>(string word)
        where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    public static Option<string> Rank() => new("--rank")
    {
        Description = $"The model that ranks: blend, or {string.Join(", ", RankingModel.All.Select(model => model.Name))}; settings behind a colon, such as deepfm:layers=64,32;dropout=0.1.",
        HelpName = "MODEL",
        DefaultValueFactory = _ => "blend",
    };

    /// <summary>The ranker that a text such as <c>deepfm:layers=64,32;dropout=0.1</c> names; null for the blend.</summary>
    /// <exception cref="CliException">There is no such model or setting.</exception>
    public static RankerSettings? RankerOf(string text)
    {
        var (name, rest) = text.Split(':', 2) is [var model, var settings] ? (model, settings) : (text, string.Empty);
        if (name == "blend" && rest.Length == 0)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in rest.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            values[part.Split('=', 2)[0]] = part.Split('=', 2) is [_, var value] ? value : throw CliException.Usage($"--rank: '{part}' is no setting such as layers=64,32");
        }

        try
        {
            name = RankingModel.Find(name).Name;

            // A model may ask for inputs that the pipeline does not have.
            using var graph = RankerModel.Create(new RankerDescription { Model = name, Settings = values, Features = ["feature"], Means = [0], Scales = [1], ItemCount = 1, TagCount = 1 }).Graph;
        }
        catch (ArgumentException e)
        {
            throw CliException.Usage($"--rank: {e.Message.Split(" (Parameter", 2)[0]}");
        }

        return new RankerSettings { Model = name, Settings = values };
    }

    /// <summary>Settings of a training by its options.</summary>
    public static TrainingSettings Settings(int dimensions, int epochs) =>
        new() { Als = new ImplicitAlsOptions { Dimensions = dimensions, Epochs = epochs } };
}
