using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>NeuralNetwork: layers of neurons, as arrays.</summary>
internal sealed class NeuralNetworkEvaluator : PmmlEvaluator
{
    private readonly int[] _inputs;
    private readonly Layer[] _layers;
    private readonly int _neurons;
    private readonly bool _isClassification;
    private readonly string[] _categories;
    private readonly (int Neuron, Func<double, double> Inverse)[] _outputs;
    private readonly PmmlSymbols _symbols;

    public NeuralNetworkEvaluator(XElement element, PmmlScope scope)
    {
        _symbols = scope.Program.Symbols;
        _isClassification = element.Required("functionName") == "classification";
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var inputs = new List<int>();
        foreach (var input in element.RequiredChild("NeuralInputs").Children("NeuralInput"))
        {
            Name(input);
            inputs.Add(scope.Derive(input.RequiredChild("DerivedField")).Slot);
        }

        _inputs = [.. inputs];
        var layers = new List<Layer>();
        foreach (var layer in element.Children("NeuralLayer"))
        {
            var first = places.Count;
            var neurons = layer.Children("Neuron").ToArray();

            // Neurons read those of layers before.
            var weights = neurons.Select(neuron => neuron.Children("Con").Select(con => (
                From: places.TryGetValue(con.Required("from"), out var from) ? from : throw con.Fail($"there is no neuron '{con.Text("from")}' before this layer"),
                Weight: con.RequiredNumber("weight"))).ToArray()).ToArray();
            foreach (var neuron in neurons)
            {
                Name(neuron);
            }

            var activation = (layer.Text("activationFunction") is null ? element : layer).Choice(
                "activationFunction", null, "threshold", "logistic", "tanh", "identity", "exponential", "reciprocal", "square", "Gauss", "sine", "cosine", "Elliott", "arctan", "rectifier", "radialBasis");
            var normalization = (layer.Text("normalizationMethod") is null ? element : layer).Choice("normalizationMethod", "none", "none", "simplemax", "softmax");
            layers.Add(new Layer(
                first,
                [.. weights.Select(own => own.Select(con => con.From).ToArray())],
                [.. weights.Select(own => own.Select(con => con.Weight).ToArray())],
                [.. neurons.Select(neuron => neuron.Number("bias") ?? 0)],
                [.. neurons.Select(neuron => neuron.Number("width") ?? layer.Number("width") ?? element.Number("width") ?? 0)],
                [.. neurons.Select(neuron => neuron.Number("altitude") ?? layer.Number("altitude") ?? element.Number("altitude") ?? 1)],
                activation,
                normalization,
                layer.Number("threshold") ?? element.Number("threshold") ?? 0));
        }

        (_layers, _neurons) = ([.. layers], places.Count);
        var outputs = element.RequiredChild("NeuralOutputs").Children("NeuralOutput").Select(output => (
            Neuron: places.TryGetValue(output.Required("outputNeuron"), out var at) ? at : throw output.Fail($"there is no neuron '{output.Text("outputNeuron")}'"),
            Of: Target(output))).ToArray();
        if (outputs.Length == 0)
        {
            throw element.Fail("it has no outputs");
        }

        _outputs = [.. outputs.Select(output => (output.Neuron, Inverse(output.Of)))];
        _categories = _isClassification ? [.. outputs.Select(output => output.Of.Name.LocalName == "NormDiscrete" ? output.Of.Required("value") : throw output.Of.Fail("an output of a class is <NormDiscrete>"))] : [];

        void Name(XElement neuron)
        {
            if (!places.TryAdd(neuron.Required("id"), places.Count))
            {
                throw neuron.Fail($"there are two neurons '{neuron.Text("id")}'");
            }
        }
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var values = new double[_neurons];
        for (var i = 0; i < _inputs.Length; i++)
        {
            values[i] = frame.Number(_inputs[i]);
            if (double.IsNaN(values[i]))
            {
                return PmmlResult.None;
            }
        }

        foreach (var layer in _layers)
        {
            layer.Run(values);
        }

        if (!_isClassification)
        {
            return PmmlResult.Of(_outputs[0].Inverse(values[_outputs[0].Neuron]));
        }

        var probabilities = new double[_outputs.Length];
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = values[_outputs[i].Neuron];
        }

        return PmmlResult.Of(_categories, probabilities, _symbols);
    }

    // An output may refer to a derived field, whose expression says how to turn it back.
    private static XElement Target(XElement output)
    {
        var expression = output.RequiredChild("DerivedField").Parts().FirstOrDefault(ExpressionCompiler.IsExpression) ?? throw output.Fail("it has no expression");
        if (expression.Name.LocalName == "FieldRef" && output.Document!.Descendants().FirstOrDefault(field => field.Name.LocalName == "DerivedField" && field.Text("name") == expression.Text("field")) is { } derived)
        {
            return derived.Parts().First(ExpressionCompiler.IsExpression);
        }

        return expression;
    }

    private static Func<double, double> Inverse(XElement expression)
    {
        if (expression.Name.LocalName == "NormContinuous")
        {
            return NormLine.Read(expression).Inverse;
        }

        return expression.Name.LocalName is "FieldRef" or "NormDiscrete" ? y => y : throw expression.Fail("it cannot be turned back into the target");
    }

    private sealed record Layer(int First, int[][] From, double[][] Weights, double[] Biases, double[] Widths, double[] Altitudes, string Activation, string Normalization, double Threshold)
    {
        public void Run(double[] values)
        {
            for (var n = 0; n < From.Length; n++)
            {
                var (from, weights) = (From[n], Weights[n]);
                var sum = 0.0;
                if (Activation == "radialBasis")
                {
                    for (var i = 0; i < from.Length; i++)
                    {
                        var difference = values[from[i]] - weights[i];
                        sum += difference * difference;
                    }

                    // The fan-in is what the altitude is a power of.
                    values[First + n] = Math.Exp((from.Length * Math.Log(Altitudes[n])) - (sum / (2 * Widths[n] * Widths[n])));
                    continue;
                }

                sum = Biases[n];
                for (var i = 0; i < from.Length; i++)
                {
                    sum += weights[i] * values[from[i]];
                }

                values[First + n] = Activate(sum);
            }

            if (Normalization == "none")
            {
                return;
            }

            var own = values.AsSpan(First, From.Length).ToArray();
            Links.Normalize(own, Normalization, isOrdinal: false);
            own.CopyTo(values, First);
        }

        private double Activate(double z) => Activation switch
        {
            "threshold" => z > Threshold ? 1 : 0,
            "logistic" => 1 / (1 + Math.Exp(-z)),
            "tanh" => Math.Tanh(z),
            "identity" => z,
            "exponential" => Math.Exp(z),
            "reciprocal" => 1 / z,
            "square" => z * z,
            "Gauss" => Math.Exp(-z * z),
            "sine" => Math.Sin(z),
            "cosine" => Math.Cos(z),
            "Elliott" => z / (1 + Math.Abs(z)),
            "arctan" => 2 * Math.Atan(z) / Math.PI,
            _ => Math.Max(0, z),
        };
    }
}
