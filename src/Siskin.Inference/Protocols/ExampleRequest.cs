using System.Globalization;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>TensorFlow Serving's classify and regress: maps of feature to value or list, with a context that all share.</summary>
/// <remarks>
/// A feature is the input of that name; a list of k values fills a row of k. Features that the model does not have are
/// passed over, as there. Answers stand under <c>results</c>: so the program and the examples of its document say,
/// though the document's prose says <c>result</c>.
/// </remarks>
public sealed class ExampleRequest : IProtocolRequest
{
    private static readonly string[] ClassifySignatures = ["classification", "tensorflow/serving/classify"];
    private static readonly string[] RegressSignatures = ["regression", "tensorflow/serving/regress"];

    private readonly ClassifyOutputs? _classify;
    private readonly string? _regress;

    private ExampleRequest(IReadOnlyList<Tensor> inputs, int rows, ClassifyOutputs? classify, string? regress)
    {
        (Inputs, Rows, _classify, _regress) = (inputs, rows, classify, regress);
        Outputs = classify is null ? [regress!] : classify.Classes is null ? [classify.Scores] : [classify.Classes, classify.Scores];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <summary>Reads the body of a classification.</summary>
    /// <param name="json">In UTF-8; NaN, Infinity and -Infinity are numbers.</param>
    /// <param name="model">Its inputs and outputs: <c>scores</c> or the only floating-point one, and <c>classes</c> if there are labels.</param>
    /// <exception cref="ServableException">The body is wrong; or <see cref="ServableError.FailedPrecondition"/>: the model has no such outputs.</exception>
    public static ExampleRequest ReadClassify(ReadOnlySpan<byte> json, IServable model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var outputs = ClassifyOutputs.Of(model.Outputs);
        var inputs = Read(json, model.Inputs, ClassifySignatures, out var rows);
        return new(inputs, rows, outputs, null);
    }

    /// <summary>Reads the body of a regression.</summary>
    /// <param name="json">In UTF-8; NaN, Infinity and -Infinity are numbers.</param>
    /// <param name="model">Its inputs and outputs: <c>outputs</c> or the only floating-point one.</param>
    /// <exception cref="ServableException">The body is wrong; or <see cref="ServableError.FailedPrecondition"/>: the model has no such output.</exception>
    public static ExampleRequest ReadRegress(ReadOnlySpan<byte> json, IServable model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var output = ClassifyOutputs.Real(model.Outputs, "outputs")
            ?? throw new ServableException(ServableError.FailedPrecondition, "Expected a regression: the model has no floating-point output 'outputs', nor a single one of any name");
        var inputs = Read(json, model.Inputs, RegressSignatures, out var rows);
        return new(inputs, rows, null, output);
    }

    /// <inheritdoc/>
    public void Write(TensorJsonWriter writer, string model, long version, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outputs);
        writer.StartObject();
        writer.Name("results");
        writer.StartArray();
        if (_regress is not null)
        {
            WriteRegressions(writer, outputs[0]);
        }
        else
        {
            WriteClasses(writer, outputs[^1], outputs.Count > 1 ? outputs[0] : null);
        }

        writer.EndArray();
        writer.EndObject();
    }

    private static Tensor[] Read(ReadOnlySpan<byte> json, IReadOnlyList<TensorDescription> inputs, string[] signatures, out int rows)
    {
        var reader = new TensorJsonReader(json);
        using var features = new FeatureColumns(inputs);
        rows = -1;
        var hasContext = false;
        reader.Expect(TensorJsonToken.StartObject, "Expecting the body to be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var isExamples = reader.IsText("examples"u8);
            var isContext = !isExamples && reader.IsText("context"u8);
            var isSignature = !isExamples && !isContext && reader.IsText("signature_name"u8);
            reader.Read();
            if (isSignature)
            {
                Signature.Check(ref reader, signatures);
            }
            else if (!isExamples && !isContext)
            {
                reader.Skip();
            }
            else if (isExamples ? rows >= 0 : hasContext)
            {
                throw Refusal.Of($"'{(isExamples ? "examples" : "context")}' is there twice");
            }
            else if (isContext)
            {
                features.ReadContext(ref reader);
                hasContext = true;
            }
            else
            {
                rows = features.ReadExamples(ref reader);
            }
        }

        reader.Read();
        return rows < 0 ? throw Refusal.Of("key 'examples' is expected and was not found") : features.ToTensors();
    }

    private void WriteRegressions(TensorJsonWriter writer, Tensor values)
    {
        if (values.Count != Rows)
        {
            throw Refusal.Of($"'{values.Name}' has {values.Count} values for {Rows} examples");
        }

        for (var i = 0; i < Rows; i++)
        {
            WriteReal(writer, values, i);
        }
    }

    private void WriteClasses(TensorJsonWriter writer, Tensor scores, Tensor? labels)
    {
        var columns = scores.Count / Rows;
        if (columns * Rows != scores.Count || (labels is not null && labels.Count != scores.Count))
        {
            throw Refusal.Of($"'{scores.Name}' has {scores.Count} scores and {labels?.Count ?? scores.Count} labels for {Rows} examples");
        }

        for (var row = 0; row < Rows; row++)
        {
            writer.StartArray();
            if (columns == 1 && labels is null)
            {
                var positive = Convert.ToDouble(ValueAt(scores, row), CultureInfo.InvariantCulture);
                WriteClass(writer, "0", (float)(1 - positive));
                WriteClass(writer, "1", (float)positive);
            }

            for (var i = 0; i < columns && (columns > 1 || labels is not null); i++)
            {
                writer.StartArray();
                if (labels is null)
                {
                    writer.Text(i.ToString(CultureInfo.InvariantCulture));
                }
                else
                {
                    writer.Text(labels.Values<byte[]>()[(row * columns) + i]);
                }

                WriteReal(writer, scores, (row * columns) + i);
                writer.EndArray();
            }

            writer.EndArray();
        }
    }

    private static void WriteClass(TensorJsonWriter writer, string label, float score)
    {
        writer.StartArray();
        writer.Text(label);
        writer.Real(score);
        writer.EndArray();
    }

    private static double ValueAt(Tensor values, int at) => values.Data switch
    {
        float[] singles => singles[at],
        Half[] halves => (double)halves[at],
        _ => values.Values<double>()[at],
    };

    private static void WriteReal(TensorJsonWriter writer, Tensor values, int at)
    {
        switch (values.Data)
        {
            case float[] singles:
                writer.Real(singles[at]);
                break;
            case Half[] halves:
                writer.Real(halves[at]);
                break;
            default:
                writer.Real(values.Values<double>()[at]);
                break;
        }
    }
}
