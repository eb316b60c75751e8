using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>AssociationModel: the rules whose antecedent a row's items hold; items stand in one text, separated by commas.</summary>
internal sealed class AssociationEvaluator : PmmlEvaluator
{
    private readonly AssociationRule[] _rules;
    private readonly int _slot;
    private readonly PmmlSymbols _symbols;

    public AssociationEvaluator(XElement element, PmmlScope scope)
    {
        _symbols = scope.Program.Symbols;
        var active = element.RequiredChild("MiningSchema").Children("MiningField").FirstOrDefault(field => (field.Text("usageType") ?? "active") == "active") ?? throw element.Fail("it has no active field");
        _slot = scope.Resolve(active, active.Required("name")).Slot;
        var items = element.Children("Item").ToDictionary(item => item.Required("id"), item => item.Text("mappedValue") ?? item.Required("value"), StringComparer.Ordinal);
        var sets = element.Children("Itemset").ToDictionary(
            set => set.Required("id"),
            set => set.Children("ItemRef").Select(item => items.GetValueOrDefault(item.Required("itemRef")) ?? throw item.Fail($"there is no item '{item.Text("itemRef")}'")).ToArray(),
            StringComparer.Ordinal);
        _rules = [.. element.Children("AssociationRule").Select((rule, i) => new AssociationRule(
            rule.Text("id") ?? (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            sets.GetValueOrDefault(rule.Required("antecedent")) ?? throw rule.Fail("there is no such item set as its antecedent"),
            sets.GetValueOrDefault(rule.Required("consequent")) ?? throw rule.Fail("there is no such item set as its consequent"),
            rule.RequiredNumber("support"),
            rule.RequiredNumber("confidence"),
            rule.Number("lift") ?? double.NaN))];
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var items = (frame.Get(_slot).Text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var rules = _rules.Where(rule => rule.Antecedent.All(items.Contains)).OrderByDescending(rule => rule.Confidence).ToArray();
        var best = rules.FirstOrDefault(rule => !rule.Consequent.Any(items.Contains));
        return new PmmlResult
        {
            Rules = rules,
            Items = items,
            Entity = best?.Id,
            Prediction = best is null ? PmmlValue.Missing : _symbols.Value(string.Join(',', best.Consequent)),
        };
    }
}
