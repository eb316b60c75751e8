using System.Globalization;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>NearestNeighborModel: the rows most alike, and what most of them are or are on average.</summary>
internal sealed class NearestNeighbourEvaluator : PmmlEvaluator
{
    private readonly int[] _slots;
    private readonly Comparison _comparison;
    private readonly double[][] _rows;
    private readonly string[] _ids;
    private readonly PmmlValue[] _targets;
    private readonly int _count;
    private readonly string _method;
    private readonly double _threshold;
    private readonly bool _isClassification;
    private readonly string[] _categories;
    private readonly PmmlSymbols _symbols;

    public NearestNeighbourEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _count = element.Integer("numberOfNeighbors") ?? throw element.Fail("it has no 'numberOfNeighbors'");
        _threshold = element.Number("threshold") ?? 0.001;
        _isClassification = element.Required("functionName") == "classification";
        _method = _isClassification
            ? element.Choice("categoricalScoringMethod", "majorityVote", "majorityVote", "weightedMajorityVote")
            : element.Choice("continuousScoringMethod", "average", "average", "median", "weightedAverage");
        var inputs = element.RequiredChild("KNNInputs").Children("KNNInput").ToArray();
        var fields = inputs.Select(input => scope.Resolve(input, input.Required("field"))).ToArray();
        _slots = [.. fields.Select(field => field.Slot)];
        _comparison = new Comparison(element.RequiredChild("ComparisonMeasure"), inputs, [.. fields.Select(field => !field.IsContinuous)]);
        var instances = element.RequiredChild("TrainingInstances");
        var columns = instances.RequiredChild("InstanceFields").Children("InstanceField").ToDictionary(field => field.Required("field"), field => field.Text("column") ?? field.Required("field"), StringComparer.Ordinal);
        var table = (instances.Child("InlineTable") ?? throw instances.Fail("rows outside of the document are not supported")).Children("row").ToArray();
        if (_count < 1 || table.Length < _count)
        {
            throw element.Fail($"it wants {_count} neighbours of {table.Length} rows");
        }

        _rows = [.. table.Select(row => fields.Select(field => Cell(row, field)).ToArray())];
        var id = element.Text("instanceIdVariable");
        _ids = [.. table.Select((row, i) => id is null ? (i + 1).ToString(CultureInfo.InvariantCulture) : Text(row, id) ?? throw row.Fail($"it has no '{id}'"))];
        _targets = target is not null && columns.ContainsKey(target.Name)
            ? [.. table.Select(row => ExpressionCompiler.Literal(row, Text(row, target.Name) ?? throw row.Fail($"it has no '{target.Name}'"), target, _symbols))]
            : [];
        _categories = _isClassification ? [.. _targets.Select(PmmlTypes.Text).Distinct()] : [];

        double Cell(XElement row, PmmlField field)
        {
            if (Text(row, field.Name) is not { } text)
            {
                throw row.Fail($"it has no '{field.Name}'");
            }

            return ExpressionCompiler.Literal(row, text, field, _symbols).Number;
        }

        string? Text(XElement row, string field)
        {
            var column = columns.GetValueOrDefault(field) ?? throw instances.Fail($"there is no column for '{field}'");
            return row.Child(PmmlXml.Column(column))?.Value;
        }
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var x = _slots.Select(frame.Number).ToArray();
        var distances = _rows.Select(row => _comparison.Between(x, row, null)).ToArray();
        var order = Enumerable.Range(0, distances.Length).OrderBy(i => _comparison.IsDistance ? distances[i] : -distances[i]).Take(_count).ToArray();
        var ranked = order.Select(i => _ids[i]).ToArray();
        if (double.IsNaN(distances[order[0]]))
        {
            return PmmlResult.None;
        }

        if (_targets.Length == 0)
        {
            return new PmmlResult { Prediction = _symbols.Value(ranked[0]), Entity = ranked[0], Ranked = ranked };
        }

        double Weight(int i) => _method.StartsWith("weighted", StringComparison.Ordinal) ? 1 / (_threshold + distances[i]) : 1;

        if (!_isClassification)
        {
            var values = order.Select(i => _targets[i].Number).Order().ToArray();
            var number = _method == "median"
                ? (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2
                : order.Sum(i => Weight(i) * _targets[i].Number) / order.Sum(Weight);
            return new PmmlResult { Prediction = PmmlValue.Of(number), Entity = ranked[0], Ranked = ranked };
        }

        var shares = new double[_categories.Length];
        foreach (var i in order)
        {
            shares[Array.IndexOf(_categories, PmmlTypes.Text(_targets[i]))] += Weight(i) / order.Sum(Weight);
        }

        var result = PmmlResult.Of(_categories, shares, _symbols);
        return new PmmlResult { Prediction = result.Prediction, Categories = _categories, Probabilities = shares, Entity = ranked[0], Ranked = ranked };
    }
}
