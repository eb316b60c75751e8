using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml.Models;

/// <summary>Turns model elements into models.</summary>
internal static class ModelCompiler
{
    public static bool IsModel(XElement element) => element.Name.LocalName is
        "RegressionModel" or "GeneralRegressionModel" or "TreeModel" or "MiningModel" or "NeuralNetwork" or "NaiveBayesModel" or "SupportVectorMachineModel" or "ClusteringModel" or "RuleSetModel"
        or "Scorecard" or "NearestNeighborModel" or "AssociationModel" or "BaselineModel" or "BayesianNetworkModel" or "GaussianProcessModel" or "SequenceModel" or "TextModel" or "TimeSeriesModel" or "AnomalyDetectionModel";

    /// <summary>Compiles a model within others.</summary>
    /// <param name="element">The model.</param>
    /// <param name="outer">Fields around it.</param>
    /// <param name="inherited">The target of the model around it; null when there is none.</param>
    /// <exception cref="ModelFormatException">It is not understood; says where.</exception>
    public static PmmlUnit Compile(XElement element, PmmlScope outer, PmmlField? inherited = null)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!element.Truth("isScorable", otherwise: true))
        {
            throw element.Fail("the document says that it is not to be scored with");
        }

        var scope = new PmmlScope(outer.Program, outer);
        var schema = element.RequiredChild("MiningSchema").Children("MiningField").ToArray();
        var target = TargetOf(element, schema, outer) ?? inherited;
        foreach (var field in schema)
        {
            var name = field.Required("name");
            if (FieldTreatment.IsInput(field))
            {
                FieldTreatment.Add(field, outer.Resolve(field, name), scope);
            }
        }

        scope.AddTransformations(element.Child("LocalTransformations"));
        PmmlEvaluator evaluator = element.Name.LocalName switch
        {
            "RegressionModel" => new RegressionEvaluator(element, scope, target),
            "GeneralRegressionModel" => new GeneralRegressionEvaluator(element, scope, target),
            "TreeModel" => new TreeEvaluator(element, scope, target),
            "MiningModel" => new MiningEvaluator(element, scope, target),
            "NeuralNetwork" => new NeuralNetworkEvaluator(element, scope),
            "NaiveBayesModel" => new NaiveBayesEvaluator(element, scope),
            "SupportVectorMachineModel" => new SupportVectorEvaluator(element, scope, target),
            "ClusteringModel" => new ClusteringEvaluator(element, scope),
            "RuleSetModel" => new RuleSetEvaluator(element, scope, target),
            "Scorecard" => new ScorecardEvaluator(element, scope),
            "NearestNeighborModel" => new NearestNeighbourEvaluator(element, scope, target),
            "AssociationModel" => new AssociationEvaluator(element, scope),
            _ => throw element.Fail("this type of model is not supported"),
        };
        var targets = element.Child("Targets")?.Children("Target").ToArray() ?? [];
        var own = targets.FirstOrDefault(candidate => candidate.Text("field") == target?.Name) ?? targets.FirstOrDefault();
        return new PmmlUnit(evaluator, own is null ? null : new PmmlTarget(own, outer.Program.Symbols), OutputCompiler.Compile(element.Child("Output"), scope, target));
    }

    /// <summary>The field that a model predicts; null when it names none.</summary>
    public static PmmlField? TargetOf(XElement element, XElement[] schema, PmmlScope scope)
    {
        var name = schema.FirstOrDefault(field => field.Text("usageType") is "predicted" or "target")?.Required("name") ?? element.Text("targetFieldName");
        return name is null ? null : scope.Find(name);
    }
}
