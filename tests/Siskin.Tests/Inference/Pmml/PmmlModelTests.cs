using System.Globalization;
using Siskin.Inference.Pmml;

namespace Siskin.Tests.Inference.Pmml;

public sealed class PmmlModelTests
{
    private const string Probabilities = """<Output><OutputField name="class" feature="predictedValue"/><OutputField name="pa" feature="probability" value="a"/><OutputField name="pb" feature="probability" value="b"/><OutputField name="pc" feature="probability" value="c"/></Output>""";

    [Fact]
    public void Regression_adds_powers_categories_and_products()
    {
        var model = PmmlText.Load("""
            <RegressionModel functionName="regression">SCHEMA<RegressionTable intercept="1">
              <NumericPredictor name="x" coefficient="2" exponent="3"/><CategoricalPredictor name="colour" value="green" coefficient="10"/>
              <PredictorTerm coefficient="0.5"><FieldRef field="x"/><FieldRef field="z"/></PredictorTerm>
            </RegressionTable></RegressionModel>
            """);
        Assert.Equal(["x", "z", "colour", "n"], model.Inputs);
        Assert.Equal(["y"], model.Outputs);
        Assert.Equal(1 + (2 * 8) + 10 + (0.5 * 2 * 3), PmmlText.Number(model, "2", "3", "green", "1"), 1e-12);
        Assert.Equal(1 + 16 + 3, PmmlText.Number(model, "2", "3", null, null), 1e-12);
        Assert.Null(PmmlText.Score(model, null, "3", "green", "1")[0]);
    }

    [Theory]
    [InlineData("softmax", 0.66524096, 0.24472847, 0.09003057)]
    [InlineData("simplemax", 0.5, 0.33333333, 0.16666667)]
    public void Classes_of_a_regression_have_the_probabilities_of_its_normalisation(string method, double a, double b, double c)
    {
        var model = PmmlText.Load(
            $"""
            <RegressionModel functionName="classification" normalizationMethod="{method}">SCHEMA{Probabilities}
              <RegressionTable intercept="3" targetCategory="a"/><RegressionTable intercept="2" targetCategory="b"/><RegressionTable intercept="1" targetCategory="c"/></RegressionModel>
            """,
            "class");
        var row = PmmlText.Score(model, "1", "1", "red", "1");
        Assert.Equal("a", row[0]);
        Numbers([a, b, c], row[1..], 1e-7);
    }

    [Theory]
    [InlineData("logit", 0.7310585786)]
    [InlineData("probit", 0.8413447461)]
    [InlineData("cloglog", 0.9340119642)]
    [InlineData("loglog", 0.6922006276)]
    [InlineData("cauchit", 0.75)]
    public void Two_classes_share_one_sum(string method, double a)
    {
        var model = PmmlText.Load($"""<RegressionModel functionName="classification" normalizationMethod="{method}">SCHEMA{Probabilities}<RegressionTable intercept="1" targetCategory="a"/><RegressionTable intercept="0" targetCategory="b"/></RegressionModel>""", "class");
        Numbers([a, 1 - a], PmmlText.Score(model, "1", "1", "red", "1")[1..3], 1e-9);
    }

    [Fact]
    public void General_regression_multiplies_covariates_and_factors()
    {
        const string parts = """
            <ParameterList><Parameter name="p0"/><Parameter name="p1"/><Parameter name="p2"/></ParameterList><FactorList><Predictor name="colour"/></FactorList><CovariateList><Predictor name="x"/></CovariateList>
            <PPMatrix><PPCell value="2" predictorName="x" parameterName="p1"/><PPCell value="red" predictorName="colour" parameterName="p2"/><PPCell value="1" predictorName="x" parameterName="p2"/></PPMatrix>
            """;
        var linear = PmmlText.Load($"""<GeneralRegressionModel modelType="generalizedLinear" functionName="regression" linkFunction="log">SCHEMA{parts}<ParamMatrix><PCell parameterName="p0" beta="0.1"/><PCell parameterName="p1" beta="0.2"/><PCell parameterName="p2" beta="0.3"/></ParamMatrix></GeneralRegressionModel>""");
        Assert.Equal(Math.Exp(0.1 + (0.2 * 4) + (0.3 * 2)), PmmlText.Number(linear, "2", "0", "red", "0"), 1e-9);
        Assert.Equal(Math.Exp(0.1 + (0.2 * 4)), PmmlText.Number(linear, "2", "0", "blue", "0"), 1e-9);
        var multinomial = PmmlText.Load($"""<GeneralRegressionModel modelType="multinomialLogistic" functionName="classification" targetReferenceCategory="c">SCHEMA{Probabilities}{parts}<ParamMatrix><PCell targetCategory="a" parameterName="p0" beta="1"/><PCell targetCategory="b" parameterName="p1" beta="1"/></ParamMatrix></GeneralRegressionModel>""", "class");
        var sum = Math.E + Math.Exp(0.25) + 1;
        Numbers([Math.E / sum, Math.Exp(0.25) / sum, 1 / sum], PmmlText.Score(multinomial, "0.5", "0", "blue", "0")[1..], 1e-12);
        var ordinal = PmmlText.Load($"""<GeneralRegressionModel modelType="ordinalMultinomial" functionName="classification">SCHEMA{Probabilities}{parts}<ParamMatrix><PCell targetCategory="a" parameterName="p0" beta="0"/><PCell targetCategory="b" parameterName="p0" beta="1"/></ParamMatrix></GeneralRegressionModel>""", "class");
        Numbers([0.5, 0.2310585786, 0.2689414214], PmmlText.Score(ordinal, "0", "0", "blue", "0")[1..], 1e-9);
    }

    [Theory]
    [InlineData("none", "b")]
    [InlineData("lastPrediction", "a")]
    [InlineData("nullPrediction", null)]
    [InlineData("defaultChild", "c")]
    public void Trees_treat_what_is_missing_as_they_say(string strategy, string? expected)
    {
        var model = PmmlText.Load(
            $"""
            <TreeModel functionName="classification" missingValueStrategy="{strategy}">SCHEMA<Output><OutputField name="class" feature="predictedValue"/><OutputField name="node" feature="entityId"/></Output>
              <Node id="1" score="a" defaultChild="3"><True/>
                <Node id="2" score="c"><SimplePredicate field="x" operator="lessThan" value="5"/></Node>
                <Node id="3" score="c"><CompoundPredicate booleanOperator="and"><SimplePredicate field="x" operator="greaterOrEqual" value="5"/><SimplePredicate field="z" operator="equal" value="1"/></CompoundPredicate></Node>
                <Node id="4" score="b"><True/></Node>
              </Node></TreeModel>
            """,
            "class");
        Assert.Equal(expected, PmmlText.Score(model, null, "1", "red", "1")[0]);
        Same(["c", "2"], PmmlText.Score(model, "4.9", "1", "red", "1"));
        Same(["b", "4"], PmmlText.Score(model, "5", "2", "red", "1"));
    }

    [Fact]
    public void A_node_without_a_true_child_keeps_its_prediction_only_where_the_tree_says_so()
    {
        const string tree = """<TreeModel functionName="regression" STRATEGY>SCHEMA<Node score="7"><True/><Node score="8"><SimpleSetPredicate field="colour" booleanOperator="isIn"><Array n="2" type="string">red green</Array></SimpleSetPredicate></Node></Node></TreeModel>""";
        var keeps = PmmlText.Load(tree.Replace("STRATEGY", "noTrueChildStrategy=\"returnLastPrediction\"", StringComparison.Ordinal));
        Assert.Equal("8", PmmlText.Score(keeps, "1", "1", "green", "1")[0]);
        Assert.Equal("7", PmmlText.Score(keeps, "1", "1", "blue", "1")[0]);
        Assert.Null(PmmlText.Score(PmmlText.Load(tree.Replace("STRATEGY", string.Empty, StringComparison.Ordinal)), "1", "1", "blue", "1")[0]);
    }

    [Fact]
    public void Bounds_of_whole_numbers_may_lie_between_them()
    {
        var model = PmmlText.Load("""<TreeModel functionName="regression">SCHEMA<Node score="0"><True/><Node score="1"><SimplePredicate field="n" operator="lessOrEqual" value="2.5"/></Node><Node score="2"><True/></Node></Node></TreeModel>""");
        Assert.Equal("1", PmmlText.Score(model, "1", "1", "red", "2")[0]);
        Assert.Equal("2", PmmlText.Score(model, "1", "1", "red", "3")[0]);
    }

    [Theory]
    [InlineData("sum", "6")]
    [InlineData("average", "3")]
    [InlineData("weightedAverage", "4")]
    [InlineData("max", "5")]
    [InlineData("median", "3")]
    [InlineData("selectFirst", "1")]
    [InlineData("modelChain", "5")]
    public void Ensembles_put_numbers_together_in_every_way(string method, string expected)
    {
        // With and without arrays: a segment that does not always hold is walked as it is written.
        foreach (var predicate in new[] { "<True/>", """<SimplePredicate field="z" operator="isNotMissing"/>""" })
        {
            string Tree(int low, int weight) => $"""<Segment weight="{weight}">{predicate}<TreeModel functionName="regression">SCHEMA<Node score="0"><True/><Node score="{low}"><SimplePredicate field="x" operator="lessThan" value="1"/></Node><Node score="9"><SimplePredicate field="x" operator="greaterOrEqual" value="1"/></Node></Node></TreeModel></Segment>""";
            var model = PmmlText.Load($"""<MiningModel functionName="regression">SCHEMA<Segmentation multipleModelMethod="{method}">{Tree(1, 1)}{Tree(5, 3)}</Segmentation></MiningModel>""");
            Assert.Equal(expected, PmmlText.Score(model, "0.5", "1", "red", "1")[0]);
            Assert.Equal("9", PmmlText.Score(PmmlText.Load($"""<MiningModel functionName="regression">SCHEMA<Segmentation multipleModelMethod="average">{Tree(1, 1)}{Tree(5, 3)}</Segmentation></MiningModel>"""), "1", "1", "red", "1")[0]);
        }
    }

    [Fact]
    public void Forests_in_arrays_score_as_they_are_written()
    {
        var random = new Random(3);
        string Node(int depth, string predicate)
        {
            var text = $"<Node score='{random.Next(100)}'>{predicate}";
            if (depth > 0 && random.Next(5) > 0)
            {
                var (field, bound) = (random.Next(2) == 0 ? "x" : "n", random.Next(10));
                var (first, second) = random.Next(2) == 0 ? ("lessThan", "greaterOrEqual") : ("greaterThan", "lessOrEqual");
                text += Node(depth - 1, $"<SimplePredicate field='{field}' operator='{first}' value='{bound}'/>") + Node(depth - 1, random.Next(2) == 0 ? "<True/>" : $"<SimplePredicate field='{field}' operator='{second}' value='{bound}'/>");
            }

            return text + "</Node>";
        }

        var trees = Enumerable.Range(0, 21).Select(_ => $"<TreeModel functionName='regression'>SCHEMA{Node(6, "<True/>")}</TreeModel>").ToArray();
        var (flat, plain) = (Forest("<True/>"), Forest("<CompoundPredicate booleanOperator='or'><True/><False/></CompoundPredicate>"));
        for (var i = 0; i < 300; i++)
        {
            string?[] row = [random.Next(11).ToString(CultureInfo.InvariantCulture), "1", "red", random.Next(11).ToString(CultureInfo.InvariantCulture)];
            Same(PmmlText.Score(plain, row), PmmlText.Score(flat, row));
        }

        PmmlModel Forest(string predicate) => PmmlText.Load($"<MiningModel functionName='regression'>SCHEMA<Segmentation multipleModelMethod='sum'>{string.Concat(trees.Select(tree => $"<Segment>{predicate}{tree}</Segment>"))}</Segmentation></MiningModel>");
    }

    [Fact]
    public void Votes_count_and_a_chain_hands_on_what_it_found()
    {
        static string Tree(string score) => $"""<Segment><True/><TreeModel functionName="classification">SCHEMA<Node score="{score}"><True/></Node></TreeModel></Segment>""";
        var vote = PmmlText.Load($"""<MiningModel functionName="classification">SCHEMA{Probabilities}<Segmentation multipleModelMethod="majorityVote">{Tree("b")}{Tree("a")}{Tree("b")}</Segmentation></MiningModel>""", "class");
        var row = PmmlText.Score(vote, "1", "1", "red", "1");
        Assert.Equal("b", row[0]);
        Numbers([1.0 / 3, 2.0 / 3, 0], row[1..], 1e-12);
        var chain = PmmlText.Load("""
            <MiningModel functionName="regression">SCHEMA<Segmentation multipleModelMethod="modelChain">
              <Segment><True/><RegressionModel functionName="regression">SCHEMA<Output><OutputField name="first" feature="predictedValue" dataType="double" optype="continuous" isFinalResult="false"/></Output><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel></Segment>
              <Segment><True/><RegressionModel functionName="regression"><MiningSchema><MiningField name="first"/></MiningSchema><Output><OutputField name="twice" feature="transformedValue" dataType="double" optype="continuous"><Apply function="*"><FieldRef field="first"/><Constant>2</Constant></Apply></OutputField></Output><RegressionTable intercept="0"><NumericPredictor name="first" coefficient="10"/></RegressionTable></RegressionModel></Segment>
            </Segmentation></MiningModel>
            """);
        Assert.Equal(["y", "twice"], chain.Outputs);
        Same(["30", "6"], PmmlText.Score(chain, "2", "1", "red", "1"));
    }

    [Fact]
    public void Networks_run_their_layers_and_turn_their_output_back()
    {
        var model = PmmlText.Load("""
            <NeuralNetwork functionName="regression" activationFunction="tanh">SCHEMA
              <NeuralInputs><NeuralInput id="i"><DerivedField optype="continuous" dataType="double"><NormContinuous field="x"><LinearNorm orig="0" norm="0"/><LinearNorm orig="10" norm="1"/></NormContinuous></DerivedField></NeuralInput></NeuralInputs>
              <NeuralLayer><Neuron id="h" bias="0.1"><Con from="i" weight="2"/></Neuron></NeuralLayer>
              <NeuralLayer activationFunction="identity"><Neuron id="o" bias="0"><Con from="h" weight="1"/><Con from="i" weight="1"/></Neuron></NeuralLayer>
              <NeuralOutputs><NeuralOutput outputNeuron="o"><DerivedField optype="continuous" dataType="double"><NormContinuous field="y"><LinearNorm orig="100" norm="0"/><LinearNorm orig="200" norm="1"/></NormContinuous></DerivedField></NeuralOutput></NeuralOutputs>
            </NeuralNetwork>
            """);
        Assert.Equal(100 + (100 * (Math.Tanh(0.1 + (2 * 0.3)) + 0.3)), PmmlText.Number(model, "3", "0", "red", "0"), 1e-9);
    }

    [Fact]
    public void Naive_Bayes_multiplies_shares_and_densities()
    {
        var model = PmmlText.Load(
            $"""
            <NaiveBayesModel functionName="classification" threshold="0.001">SCHEMA{Probabilities}<BayesInputs>
              <BayesInput fieldName="colour"><PairCounts value="red"><TargetValueCounts><TargetValueCount value="a" count="6"/><TargetValueCount value="b" count="1"/></TargetValueCounts></PairCounts><PairCounts value="green"><TargetValueCounts><TargetValueCount value="a" count="2"/><TargetValueCount value="b" count="3"/></TargetValueCounts></PairCounts></BayesInput>
              <BayesInput fieldName="x"><TargetValueStats><TargetValueStat value="a"><GaussianDistribution mean="0" variance="1"/></TargetValueStat><TargetValueStat value="b"><GaussianDistribution mean="1" variance="4"/></TargetValueStat></TargetValueStats></BayesInput>
            </BayesInputs><BayesOutput fieldName="class"><TargetValueCounts><TargetValueCount value="a" count="8"/><TargetValueCount value="b" count="4"/></TargetValueCounts></BayesOutput></NaiveBayesModel>
            """,
            "class");
        var (a, b) = (8 * 0.75 * Density(1, 0, 1), 4 * 0.25 * Density(1, 1, 4));
        Numbers([a / (a + b), b / (a + b)], PmmlText.Score(model, "1", null, "red", null)[1..3], 1e-12);
        (a, b) = (8 * Density(1, 0, 1), 4 * Density(1, 1, 4));
        Numbers([a / (a + b), b / (a + b)], PmmlText.Score(model, "1", null, null, null)[1..3], 1e-12);

        static double Density(double x, double mean, double variance) => Math.Exp(-(x - mean) * (x - mean) / (2 * variance)) / Math.Sqrt(2 * Math.PI * variance);
    }

    [Theory]
    [InlineData("<LinearKernelType/>", 0.5 + 4)]
    [InlineData("<PolynomialKernelType gamma='2' coef0='1' degree='2'/>", 0.5 + 81)]
    [InlineData("<RadialBasisKernelType gamma='0.5'/>", 0.5 + 4.5399929762484854e-05)]
    public void Support_vectors_are_weighed_by_their_kernels(string kernel, double decision)
    {
        // The vector (2, 2), and the row (4, −2): their product is 4, the square of their distance 20.
        var model = PmmlText.Load($"""
            <SupportVectorMachineModel functionName="regression">SCHEMA{kernel}<VectorDictionary><VectorFields><FieldRef field="x"/><FieldRef field="z"/></VectorFields><VectorInstance id="v"><REAL-SparseArray n="2"><Indices>1 2</Indices><REAL-Entries>2 2</REAL-Entries></REAL-SparseArray></VectorInstance></VectorDictionary>
              <SupportVectorMachine><SupportVectors><SupportVector vectorId="v"/></SupportVectors><Coefficients absoluteValue="0.5"><Coefficient value="1"/></Coefficients></SupportVectorMachine></SupportVectorMachineModel>
            """);
        Assert.Equal(decision, PmmlText.Number(model, "4", "-2", "red", "0"), 1e-9);
    }

    [Fact]
    public void The_nearest_cluster_and_the_nearest_rows_win()
    {
        var clusters = PmmlText.Load("""
            <ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2"><MiningSchema><MiningField name="x"/><MiningField name="z"/></MiningSchema>
              <Output><OutputField name="cluster" feature="predictedValue"/><OutputField name="shown" feature="predictedDisplayValue"/><OutputField name="far" feature="affinity" value="1" dataType="double" optype="continuous"/></Output>
              <ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><ClusteringField field="x"/><ClusteringField field="z" fieldWeight="4"/>
              <Cluster name="low"><Array n="2" type="real">0 0</Array></Cluster><Cluster name="high"><Array n="2" type="real">10 10</Array></Cluster></ClusteringModel>
            """);
        Same(["2", "high", Math.Sqrt(36 + (4 * 64)).ToString("R", CultureInfo.InvariantCulture)], PmmlText.Score(clusters, "6", "8"));
        const string rows = """<InlineTable><row><x>0</x><z>0</z><y>1</y></row><row><x>1</x><z>0</z><y>3</y></row><row><x>9</x><z>9</z><y>50</y></row></InlineTable>""";
        var neighbours = PmmlText.Load($"""
            <NearestNeighborModel functionName="regression" numberOfNeighbors="2">SCHEMA<Output><OutputField name="y" feature="predictedValue"/><OutputField name="nearest" feature="entityId"/><OutputField name="next" feature="entityId" rank="2"/></Output>
              <TrainingInstances><InstanceFields><InstanceField field="x" column="x"/><InstanceField field="z" column="z"/><InstanceField field="y" column="y"/></InstanceFields>{rows}</TrainingInstances>
              <ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure><KNNInputs><KNNInput field="x"/><KNNInput field="z"/></KNNInputs></NearestNeighborModel>
            """);
        Same(["2", "2", "1"], PmmlText.Score(neighbours, "0.8", "0", null, null));
    }

    [Fact]
    public void Rules_scorecards_and_associations_say_why()
    {
        var rules = PmmlText.Load(
            """
            <RuleSetModel functionName="classification">SCHEMA<RuleSet defaultScore="c" defaultConfidence="0.1"><RuleSelectionMethod criterion="weightedSum"/>
              <SimpleRule id="1" score="a" weight="1"><SimplePredicate field="x" operator="greaterThan" value="0"/></SimpleRule>
              <CompoundRule><SimplePredicate field="z" operator="greaterThan" value="0"/><SimpleRule id="2" score="b" weight="0.7"><True/></SimpleRule><SimpleRule id="3" score="b" weight="0.7"><SimplePredicate field="x" operator="greaterThan" value="5"/></SimpleRule></CompoundRule>
            </RuleSet></RuleSetModel>
            """,
            "class");
        Assert.Equal("a", PmmlText.Score(rules, "1", "1", "red", "0")[0]);
        Assert.Equal("b", PmmlText.Score(rules, "6", "1", "red", "0")[0]);
        Assert.Equal("c", PmmlText.Score(rules, "0", "0", "red", "0")[0]);
        var card = PmmlText.Load("""
            <Scorecard functionName="regression" initialScore="100" baselineScore="20" reasonCodeAlgorithm="pointsBelow">SCHEMA<Output><OutputField name="score" feature="predictedValue"/><OutputField name="why" feature="reasonCode" rank="1"/><OutputField name="also" feature="reasonCode" rank="2"/></Output><Characteristics>
              <Characteristic reasonCode="low x"><Attribute partialScore="5"><SimplePredicate field="x" operator="lessThan" value="1"/></Attribute><Attribute partialScore="30"><True/></Attribute></Characteristic>
              <Characteristic reasonCode="colour"><Attribute partialScore="15"><SimplePredicate field="colour" operator="equal" value="red"/></Attribute><Attribute partialScore="25"><True/></Attribute></Characteristic>
            </Characteristics></Scorecard>
            """);
        Same(["120", "low x", "colour"], PmmlText.Score(card, "0", "0", "red", "0")[^3..]);
        Same(["145", "colour"], PmmlText.Score(card, "5", "0", "red", "0")[^3..^1]);
        var baskets = PmmlText.Load(
            """
            <AssociationModel functionName="associationRules" numberOfItems="3"><MiningSchema><MiningField name="items"/></MiningSchema><Output><OutputField name="next" feature="ruleValue" ruleFeature="consequent"/><OutputField name="sure" feature="ruleValue" ruleFeature="confidence"/></Output>
              <Item id="1" value="bread"/><Item id="2" value="butter"/><Item id="3" value="jam"/><Itemset id="s1"><ItemRef itemRef="1"/></Itemset><Itemset id="s2"><ItemRef itemRef="2"/></Itemset><Itemset id="s3"><ItemRef itemRef="3"/></Itemset>
              <AssociationRule antecedent="s1" consequent="s2" support="0.5" confidence="0.9"/><AssociationRule antecedent="s1" consequent="s3" support="0.2" confidence="0.4"/></AssociationModel>
            """,
            fields: """<DataField name="items" optype="categorical" dataType="string"/>""");
        Same(["butter", "0.9"], PmmlText.Score(baskets, "bread"));
        Same(["jam", "0.4"], PmmlText.Score(baskets, "bread, butter"));
        Same([null, null], PmmlText.Score(baskets, "beer"));
    }

    [Fact]
    public void Targets_limit_scale_and_round()
    {
        var model = PmmlText.Load("""<RegressionModel functionName="regression">SCHEMA<Targets><Target field="y" min="0" max="10" rescaleFactor="3" rescaleConstant="0.4" castInteger="round"><TargetValue defaultValue="-1"/></Target></Targets><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>""");
        Assert.Equal("30", PmmlText.Score(model, "50", null, null, null)[0]);
        Assert.Equal("4", PmmlText.Score(model, "1.1", null, null, null)[0]);
        Assert.Equal("-1", PmmlText.Score(model, null, null, null, null)[0]);
    }

    [Fact]
    public void A_scorer_of_numbers_agrees_with_that_of_texts_and_forgets_the_row_before()
    {
        var model = PmmlText.Load(
            """<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="z"/></MiningSchema><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable></RegressionModel>""");
        Assert.Equal(["prediction"], model.Outputs);
        var (scorer, outputs) = (model.CreateScorer(), new double[1]);
        scorer.Score([3, double.NaN], outputs, out _);
        Assert.Equal(7, outputs[0]);
        scorer.Score([double.NaN, 1], outputs, out _);
        Assert.True(double.IsNaN(outputs[0]));
        Assert.Equal("7", PmmlText.Score(model, "3", null)[0]);
    }

    private static void Same(string?[] expected, string?[] found) => Assert.Equal((IEnumerable<string?>)expected, found);

    private static void Numbers(double[] expected, string?[] found, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], double.Parse(found[i]!, CultureInfo.InvariantCulture), tolerance);
        }
    }
}
