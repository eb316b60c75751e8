using System.Globalization;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;
using Siskin.Inference.Pmml.Models;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml;

/// <summary>A model of a PMML document (3.0 to 4.4, <see href="https://dmg.org/pmml/v4-4-1/GeneralStructure.html"/>), compiled to delegates and arrays.</summary>
/// <remarks>
/// Known are RegressionModel, GeneralRegressionModel, TreeModel, MiningModel, NeuralNetwork, NaiveBayesModel,
/// SupportVectorMachineModel, ClusteringModel with centres, RuleSetModel, Scorecard, NearestNeighborModel and AssociationModel. Of a
/// document with several models the first is taken. Immutable and safe for concurrent use; each thread scores with a
/// <see cref="PmmlScorer"/> of its own.
/// </remarks>
public sealed class PmmlModel
{
    private const double Precision = 1e-6;
    private const double ZeroThreshold = 1e-16;

    private readonly XElement? _verification;

    private PmmlModel(XElement root, string path)
    {
        var program = new PmmlProgram();
        var scope = new PmmlScope(program, null);
        var element = root.Elements().FirstOrDefault(ModelCompiler.IsModel) ?? throw root.Fail("it has no model");
        (Path, Version, Kind, Name) = (path, root.Required("version"), element.Name.LocalName, element.Text("modelName"));
        foreach (var field in root.RequiredChild("DataDictionary").Children("DataField"))
        {
            scope.Add(DataField(field, program));
        }

        foreach (var function in root.Child("TransformationDictionary")?.Children("DefineFunction") ?? [])
        {
            if (!program.Functions.TryAdd(function.Required("name"), function))
            {
                throw function.Fail($"there are two functions '{function.Text("name")}'");
            }
        }

        scope.AddTransformations(root.Child("TransformationDictionary"));
        var schema = element.RequiredChild("MiningSchema").Children("MiningField").ToArray();
        InputFields = [.. schema.Where(FieldTreatment.IsInput).Select(field =>
        {
            var own = scope.Resolve(field, field.Required("name"));
            return (own, FieldTreatment.Of(field, own, program.Symbols));
        })];
        Target = ModelCompiler.TargetOf(element, schema, scope);
        Unit = ModelCompiler.Compile(element, scope);
        Symbols = program.Symbols;
        Slots = program.Slots();
        Symbols.Freeze();
        Inputs = [.. InputFields.Select(input => input.Field.Name)];
        var finals = Unit.Outputs.Where(output => output.IsFinal).Select(output => output.Field.Name).ToArray();
        HasPrediction = Target is null ? finals.Length == 0 : !finals.Contains(Target.Name);
        Outputs = HasPrediction ? [Target?.Name ?? "prediction", .. finals] : finals;
        _verification = element.Child("ModelVerification");
    }

    /// <summary>The file that it is from.</summary>
    public string Path { get; }

    /// <summary>Of PMML.</summary>
    public string Version { get; }

    /// <summary>The type of the model: TreeModel, say.</summary>
    public string Kind { get; }

    /// <summary>What the document calls it; null when nothing.</summary>
    public string? Name { get; }

    /// <summary>Names of the fields that it reads.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of what it gives: the predicted field, then the outputs of the document.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Name of the field that it predicts; null when the document names none.</summary>
    public string? PredictedField => Target?.Name;

    internal IReadOnlyList<(PmmlField Field, FieldTreatment Treatment)> InputFields { get; }

    internal PmmlField? Target { get; }

    internal PmmlUnit Unit { get; }

    internal PmmlSymbols Symbols { get; }

    internal PmmlExpression?[] Slots { get; }

    /// <summary>Whether the first of the outputs is the prediction.</summary>
    internal bool HasPrediction { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">It is no PMML that is understood; says where and why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PmmlModel Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Load(stream, path);
    }

    /// <summary>Reads a document.</summary>
    /// <param name="stream">Where it is.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="ModelFormatException">It is no PMML that is understood; says where and why.</exception>
    public static PmmlModel Load(Stream stream, string name)
    {
        try
        {
            return new PmmlModel(PmmlXml.Load(stream, name), name);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new ModelFormatException(name, -1, "its elements are nested too deep");
        }
    }

    /// <summary>What scores rows, one after the other.</summary>
    public PmmlScorer CreateScorer() => new(this);

    /// <summary>Scores the rows that the document has for its own verification.</summary>
    /// <returns>What differs from what it says; empty when nothing does, or when it has no such rows.</returns>
    public IReadOnlyList<string> Verify()
    {
        var differences = new List<string>();
        if (_verification is null)
        {
            return differences;
        }

        var fields = _verification.RequiredChild("VerificationFields").Children("VerificationField").ToDictionary(field => field.Required("field"), StringComparer.Ordinal);
        var scorer = CreateScorer();
        foreach (var (row, number) in _verification.RequiredChild("InlineTable").Children("row").Select((row, i) => (row, i + 1)))
        {
            var inputs = Inputs.Select(input => fields.TryGetValue(input, out var field) ? Cell(row, field) : null).ToArray();
            var outputs = new string?[Outputs.Count];
            scorer.Score(inputs, outputs, out _);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (fields.TryGetValue(Outputs[i], out var field) && Cell(row, field) is { } expected && !Agrees(expected, outputs[i], field.Number("precision") ?? Precision, field.Number("zeroThreshold") ?? ZeroThreshold))
                {
                    differences.Add($"row {number}: '{Outputs[i]}' is '{outputs[i]}', not '{expected}'");
                }
            }
        }

        return differences;
    }

    private static string? Cell(XElement row, XElement field) =>
        row.Child(PmmlXml.Column(field.Text("column") ?? field.Required("field")))?.Value;

    private static bool Agrees(string expected, string? found, double precision, double zero)
    {
        if (found is null || !PmmlTypes.Number(expected, out var wanted) || !PmmlTypes.Number(found, out var number))
        {
            return expected == found;
        }

        return Math.Abs(wanted) <= zero ? Math.Abs(number) <= zero : Math.Abs(number - wanted) <= precision * Math.Abs(wanted);
    }

    private static PmmlField DataField(XElement element, PmmlProgram program)
    {
        var (type, count) = PmmlTypes.Of(element.Required("dataType")) ?? throw element.Fail($"there is no data type '{element.Text("dataType")}'");
        var bare = new PmmlField { Name = element.Required("name"), DataType = type, IsContinuous = element.Choice("optype", null, "continuous", "categorical", "ordinal") == "continuous", Slot = -1, Count = count };
        var values = element.Children("Value").ToArray();
        var valid = values.Where(value => (value.Text("property") ?? "valid") == "valid").ToArray();
        return new PmmlField
        {
            Name = bare.Name,
            DataType = type,
            IsContinuous = bare.IsContinuous,
            IsOrdinal = element.Text("optype") == "ordinal",
            Slot = program.AddSlot(),
            Count = count,
            Values = [.. valid.Select(value => ExpressionCompiler.Literal(value, value.Required("value"), bare, program.Symbols))],
            DisplayValues = valid.Where(value => value.Text("displayValue") is not null).GroupBy(value => value.Required("value"), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Required("displayValue"), StringComparer.Ordinal),
            MissingTexts = values.Where(value => value.Text("property") == "missing").Select(value => value.Required("value")).ToHashSet(StringComparer.Ordinal),
            InvalidTexts = values.Where(value => value.Text("property") == "invalid").Select(value => value.Required("value")).ToHashSet(StringComparer.Ordinal),
            Intervals = [.. element.Children("Interval").Select(ExpressionCompiler.Interval)],
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}{(Name is null ? string.Empty : $" '{Name}'")} of PMML {Version}, {Inputs.Count} inputs, {Outputs.Count} outputs");
}
