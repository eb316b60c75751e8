using System.Text;
using Siskin.Inference.Pmml;
using Siskin.Vectors;

namespace Siskin.Tests.Inference.Pmml;

public sealed class PmmlRefusalTests
{
    [Theory]
    [InlineData("nothing", "no XML")]
    [InlineData("<html/>", "not <PMML>")]
    [InlineData("<PMML version='9'/>", "PMML 9 is not known")]
    [InlineData("<PMML version='4.4'><DataDictionary/></PMML>", "it has no model")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]><PMML version='4.4'>&d;</PMML>", "no XML that can be read")]
    [InlineData("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><PMML version='4.4'/>", "no XML that can be read")]
    [InlineData("<PMML version='4.4'><DataDictionary/><TreeModel functionName='regression'>", "no XML that can be read")]
    public void What_is_no_document_is_refused(string text, string reason)
    {
        var failure = Assert.Throws<ModelFormatException>(() => PmmlModel.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)), "bad.pmml"));
        Assert.StartsWith("bad.pmml: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""<RegressionModel functionName="regression">SCHEMA<RegressionTable intercept="NaN"/></RegressionModel>""", "'intercept' is 'NaN', not a number")]
    [InlineData("""<RegressionModel functionName="regression">SCHEMA<RegressionTable intercept="1"><NumericPredictor name="q" coefficient="1"/></RegressionTable></RegressionModel>""", "there is no field 'q'")]
    [InlineData("""<TreeModel functionName="regression">SCHEMA<Node score="1"><SimplePredicate field="x" operator="like" value="1"/></Node></TreeModel>""", "'operator' is 'like'; known are equal")]
    [InlineData("""<TreeModel functionName="regression">SCHEMA<Node score="1"><SimplePredicate field="x" operator="equal" value="red"/></Node></TreeModel>""", "'red' is no value of 'x', which is Double")]
    [InlineData("""<TimeSeriesModel functionName="timeSeries">SCHEMA</TimeSeriesModel>""", "not supported")]
    [InlineData("""<RegressionModel functionName="regression" isScorable="false">SCHEMA</RegressionModel>""", "not to be scored")]
    [InlineData("""<RegressionModel functionName="regression">SCHEMA<LocalTransformations><DerivedField name="d" optype="continuous" dataType="double"><Apply function="frobnicate"/></DerivedField></LocalTransformations><RegressionTable intercept="1"/></RegressionModel>""", "there is no function 'frobnicate'")]
    [InlineData("""<RegressionModel functionName="regression">SCHEMA<LocalTransformations><DerivedField name="d" optype="continuous" dataType="double"><Apply function="itself"><FieldRef field="x"/></Apply></DerivedField></LocalTransformations><RegressionTable intercept="1"/></RegressionModel>""", "does it call itself")]
    [InlineData("""<NeuralNetwork functionName="regression" activationFunction="tanh">SCHEMA<NeuralInputs/><NeuralLayer><Neuron id="a"><Con from="b" weight="1"/></Neuron></NeuralLayer></NeuralNetwork>""", "there is no neuron 'b'")]
    public void What_a_model_gets_wrong_is_named_with_its_line(string model, string reason)
    {
        const string functions = """<TransformationDictionary><DefineFunction name="itself" optype="continuous"><ParameterField name="v"/><Apply function="itself"><FieldRef field="v"/></Apply></DefineFunction></TransformationDictionary>""";
        var failure = Assert.Throws<ModelFormatException>(() => PmmlText.Load(model, dictionary: functions));
        Assert.Contains("line ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_that_are_nested_too_deep_end_in_an_error_and_not_in_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("<Node score='1'><True/>", 200_000)) + string.Concat(Enumerable.Repeat("</Node>", 200_000));
        Assert.Contains("nested too deep", Assert.Throws<ModelFormatException>(() => PmmlText.Load($"<TreeModel functionName='regression'>SCHEMA{deep}</TreeModel>")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_documents_are_refused_or_score()
    {
        const string model = """<TreeModel functionName="regression">SCHEMA<Node score="1"><True/><Node score="2"><SimplePredicate field="x" operator="lessThan" value="5"/></Node></Node></TreeModel>""";
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var damaged = model.ToCharArray();
            for (var k = 0; k < 3; k++)
            {
                damaged[random.Next(damaged.Length)] = (char)random.Next(32, 127);
            }

            try
            {
                PmmlText.Score(PmmlText.Load(new string(damaged)), "1", "1", "red", "1");
            }
            catch (ModelFormatException)
            {
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{failure.GetType().Name} for {new string(damaged)}: {failure}");
            }
        }
    }

    [Fact]
    public void A_document_tells_where_it_does_not_do_what_it_says()
    {
        static string Model(string y) => $"""
            <RegressionModel functionName="regression">SCHEMA<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>
              <ModelVerification><VerificationFields><VerificationField field="x" column="x"/><VerificationField field="y" column="y" precision="1E-6"/></VerificationFields><InlineTable><row><x>3</x><y>{y}</y></row></InlineTable></ModelVerification></RegressionModel>
            """;
        Assert.Empty(PmmlText.Load(Model("7.000001")).Verify());
        Assert.Equal("row 1: 'y' is '7', not '7.1'", Assert.Single(PmmlText.Load(Model("7.1")).Verify()));
    }
}
