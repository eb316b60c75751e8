using System.Diagnostics;
using System.Globalization;
using System.Text;
using Siskin.Inference.Pmml;

namespace Siskin.Benchmarks.Serving;

/// <summary>A PMML forest of random trees: rows a second on one thread, with their loading.</summary>
internal static class PmmlForestConsole
{
    private const int Fields = 30;
    private const int Rows = 20_000;
    private const int Rounds = 5;

    public static void Run(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--trees", "--leaves");
        var (trees, leaves) = (options.Integer("--trees", 500), options.Integer("--leaves", 64));
        var watch = Stopwatch.StartNew();
        var model = PmmlModel.Load(new MemoryStream(Encoding.UTF8.GetBytes(Document(trees, leaves))), "forest");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trees} trees of {leaves} leaves, loaded in {watch.Elapsed.TotalSeconds:F2} s"));
        var random = new Random(2);
        var rows = new double[Rows * Fields];
        foreach (ref var x in rows.AsSpan())
        {
            x = random.NextDouble();
        }

        var (scorer, outputs, rates) = (model.CreateScorer(), new double[model.Outputs.Count], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            watch.Restart();
            for (var row = 0; row < Rows; row++)
            {
                scorer.Score(rows.AsSpan(row * Fields, Fields), outputs, out _);
            }

            rates[round] = Rows / watch.Elapsed.TotalSeconds;
        }

        Array.Sort(rates);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rates[Rounds / 2]:N0} rows a second on one thread (median of {Rounds})"));
    }

    private static string Document(int trees, int leaves)
    {
        var random = new Random(1);
        var text = new StringBuilder("<PMML version='4.4' xmlns='http://www.dmg.org/PMML-4_4'><Header/><DataDictionary>");
        var schema = new StringBuilder("<MiningSchema>");
        for (var i = 0; i < Fields; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<DataField name='x{i}' optype='continuous' dataType='double'/>");
            schema.Append(CultureInfo.InvariantCulture, $"<MiningField name='x{i}'/>");
        }

        schema.Append("</MiningSchema>");
        text.Append(CultureInfo.InvariantCulture, $"</DataDictionary><MiningModel functionName='regression'>{schema}<Segmentation multipleModelMethod='sum'>");
        for (var tree = 0; tree < trees; tree++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<Segment><True/><TreeModel functionName='regression' splitCharacteristic='binarySplit'>{schema}");
            Node(leaves, "<True/>");
            text.Append("</TreeModel></Segment>");
        }

        return text.Append("</Segmentation></MiningModel></PMML>").ToString();

        void Node(int count, string predicate)
        {
            text.Append(CultureInfo.InvariantCulture, $"<Node score='{random.NextDouble()}'>{predicate}");
            if (count > 1)
            {
                // Uneven, as trees that were grown are.
                var left = Math.Clamp((int)(count * (0.2 + (0.6 * random.NextDouble()))), 1, count - 1);
                var (field, value) = (random.Next(Fields), random.NextDouble());
                Node(left, string.Create(CultureInfo.InvariantCulture, $"<SimplePredicate field='x{field}' operator='lessOrEqual' value='{value}'/>"));
                Node(count - left, string.Create(CultureInfo.InvariantCulture, $"<SimplePredicate field='x{field}' operator='greaterThan' value='{value}'/>"));
            }

            text.Append("</Node>");
        }
    }
}
