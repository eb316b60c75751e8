using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>Turns expressions of transformations into delegates.</summary>
internal static class ExpressionCompiler
{
    private const int MostCalls = 64;

    public static bool IsExpression(XElement element) => element.Name.LocalName is
        "Constant" or "FieldRef" or "NormContinuous" or "NormDiscrete" or "Discretize" or "MapValues" or "Apply" or "TextIndex" or "Aggregate" or "Lag";

    /// <exception cref="ModelFormatException">It is not understood; says where.</exception>
    public static PmmlExpression Compile(XElement element, PmmlScope scope, int depth = 0)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return element.Name.LocalName switch
        {
            "Constant" => Constant(element, scope),
            "FieldRef" => FieldRef(element, scope),
            "NormContinuous" => NormContinuous(element, scope),
            "NormDiscrete" => NormDiscrete(element, scope),
            "Discretize" => Discretize(element, scope),
            "MapValues" => MapValues(element, scope),
            "Apply" => Apply(element, scope, depth),
            var name => throw element.Fail($"<{name}> is not supported"),
        };
    }

    /// <summary>The value of a field.</summary>
    public static PmmlExpression Read(PmmlField field)
    {
        if (field.Argument is { } argument)
        {
            return argument;
        }

        var slot = field.Slot;
        return frame => frame.Get(slot);
    }

    /// <summary>A text as a value of a field's type.</summary>
    public static PmmlValue Literal(XElement element, string text, PmmlField field, PmmlSymbols symbols) =>
        (field.Count is { } count && count(text) is { } counted ? PmmlValue.Of(counted) : PmmlTypes.Parse(text, field.DataType, symbols))
        ?? throw element.Fail($"'{text}' is no value of '{field.Name}', which is {field.DataType}");

    private static PmmlExpression Constant(XElement element, PmmlScope scope)
    {
        var text = element.Value;
        if (element.Truth("missing", otherwise: false))
        {
            return _ => PmmlValue.Missing;
        }

        if (element.Text("dataType") is { } name)
        {
            var (type, count) = PmmlTypes.Of(name) ?? throw element.Fail($"there is no data type '{name}'");
            var typed = (count?.Invoke(text) is { } counted ? PmmlValue.Of(counted) : PmmlTypes.Parse(text, type, scope.Program.Symbols)) ?? throw element.Fail($"'{text}' is not of type {name}");
            return _ => typed;
        }

        // Some producers write a function's parameter as a constant.
        if (scope.Find(text) is { Argument: { } argument })
        {
            return argument;
        }

        var value = PmmlTypes.Number(text, out var number) ? PmmlValue.Of(number) : scope.Program.Symbols.Value(text);
        return _ => value;
    }

    private static PmmlExpression FieldRef(XElement element, PmmlScope scope)
    {
        var field = scope.Resolve(element, element.Required("field"));
        var read = Read(field);
        if (element.Text("mapMissingTo") is not { } text)
        {
            return read;
        }

        var replacement = Literal(element, text, field, scope.Program.Symbols);
        return frame => read(frame) is { IsMissing: false } value ? value : replacement;
    }

    private static PmmlExpression NormContinuous(XElement element, PmmlScope scope)
    {
        var read = Read(scope.Resolve(element, element.Required("field")));
        var line = NormLine.Read(element);
        var missing = element.Number("mapMissingTo") ?? double.NaN;
        return frame => PmmlValue.Of(read(frame) is { IsMissing: false } value ? line.At(value.Number) : missing);
    }

    private static PmmlExpression NormDiscrete(XElement element, PmmlScope scope)
    {
        var field = scope.Resolve(element, element.Required("field"));
        var (read, wanted) = (Read(field), Literal(element, element.Required("value"), field, scope.Program.Symbols).Number);
        var missing = element.Number("mapMissingTo") ?? double.NaN;
        return frame => PmmlValue.Of(read(frame) is { IsMissing: false } value ? value.Number == wanted ? 1 : 0 : missing);
    }

    private static PmmlExpression Discretize(XElement element, PmmlScope scope)
    {
        var read = Read(scope.Resolve(element, element.Required("field")));
        var symbols = scope.Program.Symbols;
        var bins = element.Children("DiscretizeBin").Select(bin => (Interval: Interval(bin.RequiredChild("Interval")), Value: Value(bin, "binValue"))).ToArray();
        var (missing, otherwise) = (Value(element, "mapMissingTo"), Value(element, "defaultValue"));
        return frame =>
        {
            var value = read(frame);
            if (value.IsMissing)
            {
                return missing;
            }

            foreach (var (interval, result) in bins)
            {
                if (interval.Contains(value.Number))
                {
                    return result;
                }
            }

            return otherwise;
        };

        PmmlValue Value(XElement of, string attribute) => of.Text(attribute) is { } text ? symbols.Value(text) : PmmlValue.Missing;
    }

    /// <summary>Reads an interval; a margin that is not there is open.</summary>
    public static PmmlInterval Interval(XElement element)
    {
        var closure = element.Choice("closure", null, "openOpen", "openClosed", "closedOpen", "closedClosed");
        return new PmmlInterval(
            element.Number("leftMargin") ?? double.NegativeInfinity,
            element.Number("rightMargin") ?? double.PositiveInfinity,
            closure.StartsWith("closed", StringComparison.Ordinal),
            closure.EndsWith("Closed", StringComparison.Ordinal));
    }

    private static PmmlExpression MapValues(XElement element, PmmlScope scope)
    {
        var symbols = scope.Program.Symbols;
        var output = PmmlXml.Column(element.Required("outputColumn"));
        var pairs = element.Children("FieldColumnPair").Select(pair => (Field: scope.Resolve(pair, pair.Required("field")), Column: PmmlXml.Column(pair.Required("column")))).ToArray();
        var reads = pairs.Select(pair => Read(pair.Field)).ToArray();
        var (missing, otherwise) = (Value(element.Text("mapMissingTo")), Value(element.Text("defaultValue")));
        var table = new Dictionary<string, PmmlValue>(StringComparer.Ordinal);
        foreach (var row in element.RequiredChild("InlineTable").Children("row"))
        {
            var cells = row.Elements().ToDictionary(cell => cell.Name.LocalName, cell => cell.Value, StringComparer.Ordinal);
            if (cells.TryGetValue(output, out var result) && pairs.All(pair => cells.ContainsKey(pair.Column)))
            {
                table.TryAdd(string.Join('\u001f', pairs.Select(pair => Key(Literal(row, cells[pair.Column], pair.Field, symbols)))), symbols.Value(result));
            }
        }

        return frame =>
        {
            var key = string.Empty;
            for (var i = 0; i < reads.Length; i++)
            {
                var value = reads[i](frame);
                if (value.IsMissing)
                {
                    return missing;
                }

                key = i == 0 ? Key(value) : key + '\u001f' + Key(value);
            }

            return table.GetValueOrDefault(key, otherwise);
        };

        PmmlValue Value(string? text) => text is null ? PmmlValue.Missing : symbols.Value(text);
    }

    private static string Key(PmmlValue value) => PmmlTypes.Text(value);

    private static PmmlExpression Apply(XElement element, PmmlScope scope, int depth)
    {
        var name = element.Required("function");
        var symbols = scope.Program.Symbols;
        var parts = element.Parts().ToArray();
        PmmlExpression call;
        if (scope.Program.Functions.TryGetValue(name, out var definition))
        {
            call = Defined(element, definition, parts, scope, depth + 1);
        }
        else
        {
            var arguments = parts.Select(part => Compile(part, scope, depth)).ToArray();
            call = BuiltInFunctions.Compile(element, name, arguments, symbols);
        }

        var missing = element.Text("mapMissingTo") is { } text ? Untyped(text) : default(PmmlValue?);
        var otherwise = element.Text("defaultValue") is { } other ? Untyped(other) : default(PmmlValue?);
        if (missing is null && otherwise is null)
        {
            return call;
        }

        var inputs = missing is null ? [] : parts.Select(part => Compile(part, scope, depth)).ToArray();
        return frame =>
        {
            if (missing is { } replacement && inputs.Any(input => input(frame).IsMissing))
            {
                return replacement;
            }

            var result = call(frame);
            return result.IsMissing && otherwise is { } value ? value : result;
        };

        PmmlValue Untyped(string value) => PmmlTypes.Number(value, out var number) ? PmmlValue.Of(number) : symbols.Value(value);
    }

    // A call of a function that the document defines is its body with the arguments in the place of the parameters.
    private static PmmlExpression Defined(XElement call, XElement definition, XElement[] parts, PmmlScope scope, int depth)
    {
        if (depth > MostCalls)
        {
            throw call.Fail($"calls of '{definition.Text("name")}' are nested {MostCalls} deep; does it call itself?");
        }

        var parameters = definition.Children("ParameterField").ToArray();
        if (parameters.Length != parts.Length)
        {
            throw call.Fail($"'{definition.Text("name")}' has {parameters.Length} parameters, not {parts.Length}");
        }

        var inner = new PmmlScope(scope.Program, null);
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].Text("dataType") is { } name ? (PmmlTypes.Of(name) ?? throw parameters[i].Fail($"there is no data type '{name}'")).Type : default(PmmlDataType?);
            var argument = Compile(parts[i], scope, depth);
            var symbols = scope.Program.Symbols;
            inner.Add(new PmmlField
            {
                Name = parameters[i].Required("name"),
                DataType = type ?? PmmlDataType.String,
                IsContinuous = parameters[i].Text("optype") == "continuous",
                Slot = -1,
                Argument = type is { } wanted ? frame => PmmlTypes.Cast(argument(frame), wanted, symbols) : argument,
            });
        }

        var body = Compile(definition.Parts().FirstOrDefault(IsExpression) ?? throw definition.Fail("it has no expression"), inner, depth);
        if (definition.Text("dataType") is not { } result)
        {
            return body;
        }

        var (cast, all) = ((PmmlTypes.Of(result) ?? throw definition.Fail($"there is no data type '{result}'")).Type, scope.Program.Symbols);
        return frame => PmmlTypes.Cast(body(frame), cast, all);
    }
}
