namespace Siskin.Tests.Inference.Pmml;

public sealed class PmmlTransformationTests
{
    [Theory]
    [InlineData("""<Apply function="+"><FieldRef field="x"/><Constant>1</Constant></Apply>""", "3")]
    [InlineData("""<Apply function="/"><FieldRef field="x"/><Constant>0</Constant></Apply>""", null)]
    [InlineData("""<Apply function="min"><FieldRef field="x"/><Constant missing="true"/><Constant>5</Constant></Apply>""", "2")]
    [InlineData("""<Apply function="median"><Constant>4</Constant><Constant>1</Constant><Constant>2</Constant><Constant>9</Constant></Apply>""", "3")]
    [InlineData("""<Apply function="round"><Constant>2.5</Constant></Apply>""", "3")]
    [InlineData("""<Apply function="modulo"><Constant>-7</Constant><Constant>3</Constant></Apply>""", "2")]
    [InlineData("""<Apply function="if"><Apply function="greaterThan"><FieldRef field="x"/><Constant>1</Constant></Apply><Constant>10</Constant><Constant>20</Constant></Apply>""", "10")]
    [InlineData("""<Apply function="and"><Constant dataType="boolean">false</Constant><Constant missing="true"/></Apply>""", "0")]
    [InlineData("""<Apply function="or"><Constant dataType="boolean">false</Constant><Constant missing="true"/></Apply>""", null)]
    [InlineData("""<Apply function="isIn"><FieldRef field="colour"/><Constant>blue</Constant><Constant>red</Constant></Apply>""", "1")]
    [InlineData("""<Apply function="stringLength"><Apply function="concat"><FieldRef field="colour"/><Constant>der</Constant></Apply></Apply>""", "6")]
    [InlineData("""<Apply function="+" mapMissingTo="8"><FieldRef field="z"/><Constant>1</Constant></Apply>""", "8")]
    [InlineData("""<Apply function="sqrt" defaultValue="-5"><Constant>-1</Constant></Apply>""", "-5")]
    [InlineData("""<Apply function="stdNormalCDF"><Constant>0</Constant></Apply>""", "0.5")]
    [InlineData("""<Apply function="round"><Apply function="*"><Constant>1000000000</Constant><Apply function="stdNormalCDF"><Constant>-4</Constant></Apply></Apply></Apply>""", "31671")]
    [InlineData("""<Apply function="dateDaysSinceYear"><Constant dataType="date">2000-03-01</Constant><Constant>2000</Constant></Apply>""", "60")]
    [InlineData("""<Constant dataType="dateDaysSince[1960]">1970-01-01</Constant>""", "3653")]
    [InlineData("""<NormContinuous field="x" outliers="asExtremeValues"><LinearNorm orig="0" norm="10"/><LinearNorm orig="1" norm="20"/></NormContinuous>""", "20")]
    [InlineData("""<NormContinuous field="x"><LinearNorm orig="0" norm="10"/><LinearNorm orig="1" norm="20"/></NormContinuous>""", "30")]
    [InlineData("""<NormDiscrete field="colour" value="red"/>""", "1")]
    [InlineData("""<NormDiscrete field="z" value="1" mapMissingTo="7"/>""", "7")]
    [InlineData("""<Discretize field="x" defaultValue="-1"><DiscretizeBin binValue="5"><Interval closure="openClosed" leftMargin="1" rightMargin="2"/></DiscretizeBin></Discretize>""", "5")]
    [InlineData("""<MapValues outputColumn="to" defaultValue="0"><FieldColumnPair field="colour" column="c"/><FieldColumnPair field="x" column="x"/><InlineTable><row><c>red</c><x>3</x><to>1</to></row><row><c>red</c><x>2.0</x><to>42</to></row></InlineTable></MapValues>""", "42")]
    [InlineData("""<Apply function="twice"><FieldRef field="x"/></Apply>""", "4")]
    public void Expressions_have_the_values_of_the_specification(string expression, string? expected)
    {
        const string functions = """<TransformationDictionary><DefineFunction name="twice" optype="continuous" dataType="double"><ParameterField name="v"/><Apply function="*"><FieldRef field="v"/><Constant>2</Constant></Apply></DefineFunction></TransformationDictionary>""";
        var model = PmmlText.Load(
            $"""<RegressionModel functionName="regression">SCHEMA<LocalTransformations><DerivedField name="d" optype="continuous" dataType="double">{expression}</DerivedField></LocalTransformations><RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable></RegressionModel>""",
            dictionary: functions);
        Assert.Equal(expected, PmmlText.Score(model, "2", null, "red", null)[0]);
    }

    [Theory]
    [InlineData("", "purple", "is no valid value of 'colour'")]
    [InlineData("invalidValueTreatment='asMissing' missingValueReplacement='red'", "purple", "1")]
    [InlineData("invalidValueTreatment='asMissing' missingValueReplacement='red'", null, "1")]
    [InlineData("invalidValueTreatment='asIs'", "purple", "0")]
    [InlineData("invalidValueTreatment='asValue' invalidValueReplacement='red'", "purple", "1")]
    [InlineData("missingValueTreatment='returnInvalid'", null, "'colour' is missing")]
    public void Invalid_and_missing_values_are_treated_as_the_schema_says(string treatment, string? colour, string expected)
    {
        var model = PmmlText.Load(
            $"""<RegressionModel functionName="regression"><MiningSchema><MiningField name="colour" {treatment}/></MiningSchema><RegressionTable intercept="0"><CategoricalPredictor name="colour" value="red" coefficient="1"/></RegressionTable></RegressionModel>""");
        var outputs = new string?[1];
        model.CreateScorer().Score([colour], outputs, out var reason);
        Assert.Contains(expected, reason ?? outputs[0], StringComparison.Ordinal);
        Assert.True(reason is null || outputs[0] is null);
    }

    [Theory]
    [InlineData("asExtremeValues", "10")]
    [InlineData("asMissingValues", null)]
    [InlineData("asIs", "50")]
    public void Outliers_are_treated_as_the_schema_says(string treatment, string? expected)
    {
        var model = PmmlText.Load($"""<RegressionModel functionName="regression"><MiningSchema><MiningField name="x" outliers="{treatment}" lowValue="0" highValue="10"/></MiningSchema><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>""");
        Assert.Equal(expected, PmmlText.Score(model, "50")[0]);
    }
}
