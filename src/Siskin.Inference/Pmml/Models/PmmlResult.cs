using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>What a model says of a row.</summary>
internal sealed class PmmlResult
{
    /// <summary>A model that says nothing.</summary>
    public static PmmlResult None => new();

    /// <summary>The number or category that is predicted; missing when there is none.</summary>
    public PmmlValue Prediction { get; set; } = PmmlValue.Missing;

    /// <summary>Text to show for it; null for the same.</summary>
    public string? Display { get; set; }

    /// <summary>Categories that there are probabilities of.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>By category; NaN when unknown.</summary>
    public double[] Probabilities { get; set; } = [];

    /// <summary>How sure a tree or rule is, by category; null for the probabilities.</summary>
    public double[]? Confidences { get; init; }

    /// <summary>Distances or likenesses of clusters by category; null for the probabilities.</summary>
    public double[]? Affinities { get; init; }

    /// <summary>The node, rule, cluster or row that won.</summary>
    public string? Entity { get; init; }

    /// <summary>Reason codes, neighbours or consequents of rules, best first.</summary>
    public IReadOnlyList<string> Ranked { get; init; } = [];

    /// <summary>Rules that hold, best first.</summary>
    public IReadOnlyList<AssociationRule> Rules { get; init; } = [];

    /// <summary>Items of the row, of a model of rules.</summary>
    public IReadOnlySet<string> Items { get; init; } = new HashSet<string>();

    /// <summary>What the segments of an ensemble said, by their ids.</summary>
    public Dictionary<string, PmmlResult>? Segments { get; set; }

    public double Probability(string category) => At(Probabilities, category);

    /// <summary>The number of a category in one of the lists; NaN when there is none.</summary>
    public double At(double[] of, string category)
    {
        for (var i = 0; i < Categories.Count && i < of.Length; i++)
        {
            if (Categories[i] == category)
            {
                return of[i];
            }
        }

        return double.NaN;
    }

    /// <summary>A result of probabilities: the category with the largest, the first of equals.</summary>
    public static PmmlResult Of(IReadOnlyList<string> categories, double[] probabilities, PmmlSymbols symbols)
    {
        var best = -1;
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (!double.IsNaN(probabilities[i]) && (best < 0 || probabilities[i] > probabilities[best]))
            {
                best = i;
            }
        }

        return new PmmlResult { Categories = categories, Probabilities = probabilities, Prediction = best < 0 ? PmmlValue.Missing : symbols.Value(categories[best]) };
    }

    public static PmmlResult Of(double number) => new() { Prediction = PmmlValue.Of(number) };
}
