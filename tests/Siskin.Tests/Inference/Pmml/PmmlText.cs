using System.Text;
using Siskin.Inference.Pmml;

namespace Siskin.Tests.Inference.Pmml;

/// <summary>Small documents.</summary>
internal static class PmmlText
{
    public const string Fields = """
        <DataField name="x" optype="continuous" dataType="double"/>
        <DataField name="z" optype="continuous" dataType="double"/>
        <DataField name="colour" optype="categorical" dataType="string"><Value value="red"/><Value value="green"/><Value value="blue"/></DataField>
        <DataField name="n" optype="continuous" dataType="integer"/>
        <DataField name="y" optype="continuous" dataType="double"/>
        <DataField name="class" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/><Value value="c"/></DataField>
        """;

    public const string Schema = """
        <MiningSchema><MiningField name="x"/><MiningField name="z"/><MiningField name="colour"/><MiningField name="n"/><MiningField name="TARGET" usageType="target"/></MiningSchema>
        """;

    /// <summary>A document around a model, in whose text SCHEMA stands for x, z, colour, n and the target.</summary>
    public static PmmlModel Load(string model, string target = "y", string dictionary = "", string fields = Fields) =>
        PmmlModel.Load(new MemoryStream(Encoding.UTF8.GetBytes($"<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\"><Header/><DataDictionary>{fields}</DataDictionary>{dictionary}{model.Replace("SCHEMA", Schema.Replace("TARGET", target, StringComparison.Ordinal), StringComparison.Ordinal)}</PMML>")), "test.pmml");

    /// <summary>The outputs of a row of x, z, colour and n.</summary>
    public static string?[] Score(PmmlModel model, params string?[] row)
    {
        var outputs = new string?[model.Outputs.Count];
        model.CreateScorer().Score(row, outputs, out var reason);
        Assert.Null(reason);
        return outputs;
    }

    public static double Number(PmmlModel model, params string?[] row) => double.Parse(Score(model, row)[0]!, System.Globalization.CultureInfo.InvariantCulture);
}
