using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>Operators that read an example.</summary>
internal static class InputRules
{
    public static string TableRead(OnnxExport export, TableRead op)
    {
        var g = export.Graph;
        if (!op.Output.Rows.IsExamples)
        {
            return g.Add("Gather", [export.Matrix(op.Tables[0]), export.Sequence(op.Output.Rows.Sequence).Ids]);
        }

        var reads = op.Fields.Select((field, i) => g.Add("Gather", [export.Matrix(op.Tables[i]), export.Field(field)])).ToArray();
        return reads.Length == 1 ? reads[0] : g.Add("Concat", reads, ("axis", -1L));
    }

    public static string DenseRead(OnnxExport export, DenseRead op)
    {
        var ids = op.Ids.IsField ? export.Field(op.Ids.Input) : op.Ids.IsPlace ? export.ElementsBehind(op.Ids.Input) : export.Sequence(op.Ids.Input).Ids;
        return export.Graph.Add("Gather", [export.Matrix(op.Table), ids]);
    }

    public static string NumbersRead(OnnxExport export, NumbersRead op) => Numbers(export, 0, op.Output.Width);

    /// <summary>Some of the numbers, n × count: the others need not be inputs.</summary>
    public static string Numbers(OnnxExport export, int first, int count)
    {
        var g = export.Graph;
        var columns = Enumerable.Range(first, count).Select(number => g.Add("Unsqueeze", [export.Number(number), g.Integers(1)])).ToArray();
        return columns.Length == 1 ? columns[0] : g.Add("Concat", columns, ("axis", -1L));
    }

    public static string BiasRead(OnnxExport export, BiasRead op) => export.ToExamples(export.Row(op.Value), 1);
}
