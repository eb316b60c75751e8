using Siskin.Data.Datasets.Columns;
using Siskin.Models.Features;
using Siskin.Models.Training;

namespace Siskin.Tests.Models.Features;

public sealed class TrainingDataCheckTests
{
    private static readonly FeatureSchema Schema = new() { Fields = [new DenseField { Name = "x" }, new CategoricalField { Name = "c" }] };

    [Theory]
    [InlineData(float.NaN, "row 1")]
    [InlineData(float.PositiveInfinity, "row 1")]
    public void Numbers_that_are_not_finite_are_named_with_column_and_row(float value, string row)
    {
        var error = Assert.Throws<TrainingDataException>(() => FeatureEncoder.Fit(Schema, Rows([1, value], [0, 1])));
        Assert.Contains("column 'x'", error.Message);
        Assert.Contains(row, error.Message);
    }

    [Fact]
    public void Missing_columns_wrong_kinds_and_empty_parts_are_errors()
    {
        var rows = new ColumnTable(0);
        rows.Add("x", Array.Empty<string>());
        var error = Assert.Throws<TrainingDataException>(() => FeatureEncoder.Fit(Schema, rows));
        Assert.Equal(3, error.Findings.Count);
        Assert.Contains("there are no rows", error.Message);
        Assert.Contains("'x' does not hold numbers", error.Message);
        Assert.Contains("no column named 'c'", error.Message);
    }

    [Theory]
    [InlineData(new[] { 0f, 1f, 2f }, 2, "0 or 1")]
    [InlineData(new[] { 1f, 1f }, -1, "both classes")]
    [InlineData(new float[0], -1, "no examples")]
    public void Labels_that_cross_entropy_cannot_use_are_errors(float[] labels, int row, string message)
    {
        var layout = new Siskin.Models.Graph.ExampleLayout();
        var examples = new Siskin.Models.Graph.ExampleTable(layout, labels.Length, [], [], [], labels);
        var finding = Assert.Single(TrainingDataCheck.Examples(examples).Findings);
        Assert.True(finding.IsError);
        Assert.Equal(row, finding.Row);
        Assert.Contains(message, finding.Message);
        Assert.DoesNotContain(TrainingDataCheck.Examples(examples, labels: []).Findings, other => other.Column == "label");
    }

    [Fact]
    public void Encoded_rows_become_examples_with_the_same_inputs()
    {
        var schema = new FeatureSchema
        {
            Fields = [new DenseField { Name = "x", Transform = DenseTransform.None }, new CategoricalField { Name = "c" }, new MultiHotField { Name = "tags", MaxLength = 2, VocabularyOf = "c" }],
        };
        var rows = new ColumnTable(3);
        rows.Add("x", [1f, 2, 4]);
        rows.Add("c", ["a", "b", "a"]);
        rows.Add("tags", [["b"], [], ["a", "b", "a"]]);
        rows.Add("label", [0f, 1, 1]);
        var table = FeatureEncoder.Fit(schema, rows).Encode(rows);
        var examples = FeatureExamples.From(table);
        Assert.Equal([1f, 2, 4], examples.Numbers);
        Assert.Equal([0f, 1, 1], examples.Labels);
        Assert.Equal(table.Categorical(0), examples.Ids);
        Assert.Equal(examples.Ids[1], examples.Sequences[0][0][0]);
        Assert.Equal([1, 0, 2], Enumerable.Range(0, 3).Select(i => examples.Sequences[0][i].Length));
        Assert.Equal(("c", "tags", 2), (examples.Layout.Fields[0].Name, examples.Layout.Sequences[0].Name, examples.Layout.Sequences[0].MaxLength));
        Assert.Null(examples.Groups);
        var unlabelled = new FeatureTable(table.Layout);
        var row = FeatureEncoder.Fit(schema, rows).CreateRow();
        Assert.Throws<ArgumentException>(() => unlabelled.Append(row, []));
    }

    [Fact]
    public void Constant_features_are_warnings()
    {
        var report = TrainingDataCheck.Columns(Schema, Rows([2, 2], [0, 1]));
        Assert.False(report.HasErrors);
        Assert.Equal("x", Assert.Single(report.Findings).Column);
    }

    [Fact]
    public void Columns_of_unequal_length_or_equal_name_are_refused()
    {
        var rows = new ColumnTable(2);
        rows.Add("x", [1f, 2]);
        Assert.Contains("two columns named 'x'", Assert.Throws<ArgumentException>(() => rows.Add("x", ["a", "b"])).Message);
        Assert.Contains("has 3 rows", Assert.Throws<ArgumentException>(() => rows.Add("y", [1f, 2, 3])).Message);
    }

    private static ColumnTable Rows(float[] x, float[] labels)
    {
        var rows = new ColumnTable(x.Length);
        rows.Add("x", x);
        rows.Add("c", ["a", "b"]);
        rows.Add("label", labels);
        return rows;
    }
}
