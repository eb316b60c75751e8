using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>Turns predicates into delegates with three values.</summary>
internal static class PredicateCompiler
{
    public static bool IsPredicate(XElement element) => element.Name.LocalName is "True" or "False" or "SimplePredicate" or "SimpleSetPredicate" or "CompoundPredicate";

    /// <summary>The predicate among the children of an element.</summary>
    public static PmmlPredicate Of(XElement element, PmmlScope scope) =>
        Compile(element.Elements().FirstOrDefault(IsPredicate) ?? throw element.Fail("it has no predicate"), scope);

    /// <exception cref="ModelFormatException">It is not understood; says where.</exception>
    public static PmmlPredicate Compile(XElement element, PmmlScope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return element.Name.LocalName switch
        {
            "True" => _ => true,
            "False" => _ => false,
            "SimplePredicate" => Simple(element, scope),
            "SimpleSetPredicate" => Set(element, scope),
            "CompoundPredicate" => Compound(element, scope),
            var name => throw element.Fail($"<{name}> is no predicate"),
        };
    }

    private static PmmlPredicate Simple(XElement element, PmmlScope scope)
    {
        var field = scope.Resolve(element, element.Required("field"));
        var slot = field.Slot;
        var operation = element.Choice("operator", null, "equal", "notEqual", "lessThan", "lessOrEqual", "greaterThan", "greaterOrEqual", "isMissing", "isNotMissing");
        if (operation is "isMissing" or "isNotMissing")
        {
            var wanted = operation == "isMissing";
            return frame => frame.Get(slot).IsMissing == wanted;
        }

        var value = ExpressionCompiler.Literal(element, element.Required("value"), field, scope.Program.Symbols);
        if (value.Text is { } text && operation is not ("equal" or "notEqual"))
        {
            return frame => frame.Get(slot) is { IsMissing: false } found ? Compare(operation, Rank(field, found, text), 0) : null;
        }

        var number = value.Number;
        return operation switch
        {
            "equal" => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x == number,
            "notEqual" => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x != number,
            "lessThan" => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x < number,
            "lessOrEqual" => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x <= number,
            "greaterThan" => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x > number,
            _ => frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : x >= number,
        };
    }

    // Ordinal texts are in the order of the field's list, others in that of their characters.
    private static int Rank(PmmlField field, PmmlValue found, string text)
    {
        var (own, other) = (-1, -1);
        for (var i = 0; i < field.Values.Count; i++)
        {
            own = field.Values[i].Text == found.Text ? i : own;
            other = field.Values[i].Text == text ? i : other;
        }

        return own >= 0 && other >= 0 ? own.CompareTo(other) : string.CompareOrdinal(found.Text, text);
    }

    private static bool Compare(string operation, double a, double b) => operation switch
    {
        "lessThan" => a < b,
        "lessOrEqual" => a <= b,
        "greaterThan" => a > b,
        _ => a >= b,
    };

    private static PmmlPredicate Set(XElement element, PmmlScope scope)
    {
        var field = scope.Resolve(element, element.Required("field"));
        var slot = field.Slot;
        var wanted = element.Choice("booleanOperator", null, "isIn", "isNotIn") == "isIn";
        var values = new HashSet<double>(element.RequiredChild("Array").Texts().Select(text => ExpressionCompiler.Literal(element, text, field, scope.Program.Symbols).Number));
        return frame => frame.Number(slot) is var x && double.IsNaN(x) ? null : values.Contains(x) == wanted;
    }

    private static PmmlPredicate Compound(XElement element, PmmlScope scope)
    {
        var parts = element.Elements().Where(IsPredicate).Select(part => Compile(part, scope)).ToArray();
        if (parts.Length == 0)
        {
            throw element.Fail("it has no predicates");
        }

        switch (element.Choice("booleanOperator", null, "and", "or", "xor", "surrogate"))
        {
            case "surrogate":
                return frame =>
                {
                    foreach (var part in parts)
                    {
                        if (part(frame) is { } known)
                        {
                            return known;
                        }
                    }

                    return null;
                };
            case "xor":
                return frame =>
                {
                    bool? result = false;
                    foreach (var part in parts)
                    {
                        result ^= part(frame);
                    }

                    return result;
                };
            case var operation:
                // Unknown only where no known part decides.
                var decides = operation == "or";
                return frame =>
                {
                    bool? result = !decides;
                    foreach (var part in parts)
                    {
                        var truth = part(frame);
                        if (truth == decides)
                        {
                            return decides;
                        }

                        result = truth is null ? null : result;
                    }

                    return result;
                };
        }
    }
}
