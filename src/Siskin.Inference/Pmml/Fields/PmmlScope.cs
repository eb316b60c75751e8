using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml.Fields;

/// <summary>Names of fields, those of the model around it included.</summary>
internal sealed class PmmlScope(PmmlProgram program, PmmlScope? outer)
{
    private readonly Dictionary<string, PmmlField> _fields = new(StringComparer.Ordinal);

    /// <summary>The document's slots, functions and symbols.</summary>
    public PmmlProgram Program => program;

    /// <summary>The field of a name.</summary>
    /// <exception cref="ModelFormatException">There is none.</exception>
    public PmmlField Resolve(XElement element, string name) => Find(name) ?? throw element.Fail($"there is no field '{name}'");

    public PmmlField? Find(string name) => _fields.TryGetValue(name, out var field) ? field : outer?.Find(name);

    /// <summary>Adds a field, in place of one of the model around it that has the same name.</summary>
    public void Add(PmmlField field) => _fields[field.Name] = field;

    /// <summary>Adds a field that is computed.</summary>
    public PmmlField AddDerived(string name, PmmlDataType type, bool isContinuous, PmmlExpression expression)
    {
        var field = new PmmlField { Name = name, DataType = type, IsContinuous = isContinuous, Slot = program.AddSlot(expression) };
        Add(field);
        return field;
    }

    /// <summary>Adds the derived fields of a dictionary or of local transformations; each may use those before it.</summary>
    public void AddTransformations(XElement? transformations)
    {
        foreach (var element in transformations?.Children("DerivedField") ?? [])
        {
            Derive(element);
        }
    }

    /// <summary>Compiles a derived field.</summary>
    public PmmlField Derive(XElement element)
    {
        var (type, _) = PmmlTypes.Of(element.Required("dataType")) ?? throw element.Fail($"there is no data type '{element.Text("dataType")}'");
        var expression = ExpressionCompiler.Compile(element.Parts().FirstOrDefault(part => ExpressionCompiler.IsExpression(part)) ?? throw element.Fail("it has no expression"), this);
        var symbols = program.Symbols;
        var name = element.Text("name") ?? $"<derived {program.SlotCount}>";
        return AddDerived(name, type, element.Text("optype") == "continuous", frame => PmmlTypes.Cast(expression(frame), type, symbols));
    }
}
