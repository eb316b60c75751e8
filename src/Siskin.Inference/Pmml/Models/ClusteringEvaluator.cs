using System.Globalization;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>ClusteringModel with centres: the nearest wins.</summary>
internal sealed class ClusteringEvaluator : PmmlEvaluator
{
    private readonly int[] _slots;
    private readonly Comparison _comparison;
    private readonly double[][] _centers;
    private readonly string[] _ids;
    private readonly string?[] _names;
    private readonly double[]? _missingWeights;
    private readonly PmmlSymbols _symbols;

    public ClusteringEvaluator(XElement element, PmmlScope scope)
    {
        _symbols = scope.Program.Symbols;
        if (element.Choice("modelClass", "centerBased", "centerBased", "distributionBased") != "centerBased")
        {
            throw element.Fail("clusters by distributions are not supported");
        }

        var fields = element.Children("ClusteringField").Where(field => field.Truth("isCenterField", otherwise: true)).ToArray();
        _slots = [.. fields.Select(field => scope.Resolve(field, field.Required("field")).Slot)];
        _comparison = new Comparison(element.RequiredChild("ComparisonMeasure"), fields, new bool[fields.Length]);
        var clusters = element.Children("Cluster").ToArray();
        _centers = [.. clusters.Select(cluster => cluster.RequiredChild("Array").Numbers() is var center && center.Length == fields.Length ? center : throw cluster.Fail($"its centre has not {fields.Length} numbers"))];
        _ids = [.. clusters.Select((cluster, i) => cluster.Text("id") ?? (i + 1).ToString(CultureInfo.InvariantCulture))];
        _names = [.. clusters.Select(cluster => cluster.Text("name"))];
        if (clusters.Length == 0)
        {
            throw element.Fail("it has no clusters");
        }

        _missingWeights = element.Child("MissingValueWeights")?.RequiredChild("Array").Numbers();
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var x = _slots.Select(frame.Number).ToArray();
        var affinities = _centers.Select(center => _comparison.Between(x, center, _missingWeights)).ToArray();
        var best = 0;
        for (var i = 1; i < affinities.Length; i++)
        {
            best = (_comparison.IsDistance ? affinities[i] < affinities[best] : affinities[i] > affinities[best]) ? i : best;
        }

        return double.IsNaN(affinities[best])
            ? PmmlResult.None
            : new PmmlResult { Prediction = _symbols.Value(_ids[best]), Display = _names[best], Entity = _ids[best], Categories = _ids, Affinities = affinities };
    }
}
