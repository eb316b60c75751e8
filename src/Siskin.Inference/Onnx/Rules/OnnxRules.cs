using Siskin.Models.Graph;
using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>How each operator of a model is said in ONNX: one rule per type.</summary>
/// <remarks>A rule adds nodes to the graph and gives the name of what holds the operator's output.</remarks>
internal static class OnnxRules
{
    private static readonly Dictionary<Type, Func<OnnxExport, Operator, string>> Rules = new()
    {
        Rule<TableRead>(InputRules.TableRead),
        Rule<DenseRead>(InputRules.DenseRead),
        Rule<NumbersRead>(InputRules.NumbersRead),
        Rule<BiasRead>(InputRules.BiasRead),
        Rule<Dense>(LayerRules.Dense),
        Rule<Activate>(LayerRules.Activate),
        Rule<ParametricRelu>(LayerRules.ParametricRelu),
        Rule<DiceGate>(LayerRules.DiceGate),
        Rule<BatchNorm>(LayerRules.BatchNorm),
        Rule<LayerNorm>(LayerRules.LayerNorm),
        Rule<Normalize>(LayerRules.Normalize),
        Rule<Dropout>(LayerRules.Dropout),
        Rule<Concat>(RowRules.Concat),
        Rule<Slice>(RowRules.Slice),
        Rule<Sum>(RowRules.Sum),
        Rule<Multiply>(RowRules.Multiply),
        Rule<Scale>(RowRules.Scale),
        Rule<RowSum>(RowRules.RowSum),
        Rule<RowDot>(RowRules.RowDot),
        Rule<FactorizationMachine>(RowRules.FactorizationMachine),
        Rule<FieldAwareMachine>(RowRules.FieldAwareMachine),
        Rule<Mixture>(RowRules.Mixture),
        Rule<ProbabilityProduct>(RowRules.ProbabilityProduct),
        Rule<Softmax>(SequenceRules.Softmax),
        Rule<TargetComparison>(SequenceRules.TargetComparison),
        Rule<Repeat>(SequenceRules.Repeat),
        Rule<Pool>(SequenceRules.Pool),
        Rule<WeightedPool>(SequenceRules.WeightedPool),
        Rule<MaxPool>(SequenceRules.MaxPool),
        Rule<LastElement>(SequenceRules.LastElement),
        Rule<CausalMean>(SequenceRules.CausalMean),
        Rule<CausalAttention>(SequenceRules.CausalAttention),
        Rule<Gru>(RecurrentRules.Gru),
    };

    /// <summary>Types of operators that have a rule.</summary>
    public static IReadOnlyCollection<Type> Types => Rules.Keys;

    /// <summary>Adds an operator's nodes and gives the name of its output.</summary>
    /// <exception cref="NotSupportedException">There is no rule for the operator.</exception>
    public static string Apply(OnnxExport export, Operator op) => Rules.TryGetValue(op.GetType(), out var rule)
        ? rule(export, op)
        : throw new NotSupportedException($"model '{export.Model.Name}' has the operator {op.GetType().Name} ({op.Output}), for which there is no ONNX rule");

    private static KeyValuePair<Type, Func<OnnxExport, Operator, string>> Rule<T>(Func<OnnxExport, T, string> rule)
        where T : Operator => new(typeof(T), (export, op) => rule(export, (T)op));

    private static void Add(this Dictionary<Type, Func<OnnxExport, Operator, string>> rules, KeyValuePair<Type, Func<OnnxExport, Operator, string>> rule) =>
        rules.Add(rule.Key, rule.Value);
}
