using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>TensorFlow Serving's predict: rows as <c>instances</c> answered with <c>predictions</c>, columns as <c>inputs</c> answered with <c>outputs</c>.</summary>
public sealed class PredictRequest : IProtocolRequest
{
    private const string BytesSuffix = "_bytes";

    private readonly bool _isRows;

    private PredictRequest(IReadOnlyList<Tensor> inputs, bool isRows)
    {
        (Inputs, _isRows) = (inputs, isRows);
        Rows = inputs[0].Shape.Count > 0 ? (int)inputs[0].Shape[0] : 1;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => [];

    /// <inheritdoc/>
    public int Rows { get; }

    /// <summary>Reads a body.</summary>
    /// <param name="json">In UTF-8; NaN, Infinity and -Infinity are numbers.</param>
    /// <param name="inputs">What the model takes: the types that values become.</param>
    /// <exception cref="ServableException"><see cref="ServableError.InvalidArgument"/>: the body is wrong, and where.</exception>
    public static PredictRequest Read(ReadOnlySpan<byte> json, IReadOnlyList<TensorDescription> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
        {
            throw Refusal.Of("Failed to get input map for signature: DEFAULT");
        }

        var reader = new TensorJsonReader(json);
        PredictRequest? request = null;
        reader.Expect(TensorJsonToken.StartObject, "Expecting the body to be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var isRows = reader.IsText("instances"u8);
            var isTensors = isRows || reader.IsText("inputs"u8);
            var isSignature = !isTensors && reader.IsText("signature_name"u8);
            reader.Read();
            if (isSignature)
            {
                Signature.Check(ref reader, "predict", "tensorflow/serving/predict");
            }
            else if (!isTensors)
            {
                reader.Skip();
            }
            else if (request is not null)
            {
                throw Refusal.Of("Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
            }
            else
            {
                request = new(isRows ? ReadRows(ref reader, inputs) : ReadColumns(ref reader, inputs), isRows);
            }
        }

        reader.Read();
        return request ?? throw Refusal.Of("Missing 'inputs' or 'instances' key");
    }

    /// <inheritdoc/>
    public void Write(TensorJsonWriter writer, string model, long version, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.Count == 0)
        {
            throw Refusal.Of("Cannot convert empty tensor map to JSON");
        }

        writer.StartObject();
        if (_isRows)
        {
            WriteRows(writer, outputs);
        }
        else
        {
            WriteColumns(writer, outputs);
        }

        writer.EndObject();
    }

    private static IReadOnlyList<Tensor> ReadRows(ref TensorJsonReader reader, IReadOnlyList<TensorDescription> inputs)
    {
        if (reader.Token != TensorJsonToken.StartArray)
        {
            throw Refusal.Of("Excepting 'instances' to be an list/array");
        }

        var first = reader;
        first.Read();
        if (first.Token == TensorJsonToken.EndArray)
        {
            throw Refusal.Of("No values in 'instances' array");
        }

        if (first.Token == TensorJsonToken.StartObject && !BytesElement.IsBase64(first))
        {
            return ReadObjects(ref reader, inputs);
        }

        if (inputs.Count > 1)
        {
            throw Refusal.Of("instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map");
        }

        return [TensorJson.Read(ref reader, inputs[0].Name, inputs[0].Type)];
    }

    private static Tensor[] ReadObjects(ref TensorJsonReader reader, IReadOnlyList<TensorDescription> inputs)
    {
        var columns = new NamedCollectors(inputs);
        try
        {
            var rows = 0;
            while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
            {
                if (reader.Token != TensorJsonToken.StartObject)
                {
                    throw Refusal.Of($"Expecting object but got a value or list at item {rows} of input list");
                }

                ReadObject(ref reader, columns, rows++);
            }

            return columns.ToBatches();
        }
        finally
        {
            columns.Dispose();
        }
    }

    private static void ReadObject(ref TensorJsonReader reader, NamedCollectors columns, int row)
    {
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var at = columns.Find(reader);
            if (at < 0)
            {
                throw Refusal.Of($"Failed to process element: {row} key: {Refusal.Show(reader.Value)} of 'instances' list. JSON object: does not have named input: {Refusal.Show(reader.Value)}");
            }

            if (columns[at].Rows > row)
            {
                throw Refusal.Of($"Failed to process element: {row} key: {Refusal.Show(reader.Value)} of 'instances' list: the key is there twice");
            }

            reader.Read();
            try
            {
                columns[at].Read(ref reader);
            }
            catch (ServableException e)
            {
                throw Refusal.Of($"Failed to process element: {row} of 'instances' list. Error: {e.Message}");
            }
        }

        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Rows <= row)
            {
                throw Refusal.Of($"Failed to process element: {row} of 'instances' list. JSON object: keys must be equal to: {columns.Names}");
            }
        }
    }

    private static IReadOnlyList<Tensor> ReadColumns(ref TensorJsonReader reader, IReadOnlyList<TensorDescription> inputs)
    {
        if (reader.Token != TensorJsonToken.StartObject || BytesElement.IsBase64(reader))
        {
            return inputs.Count == 1
                ? [TensorJson.Read(ref reader, inputs[0].Name, inputs[0].Type)]
                : throw Refusal.Of("inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map");
        }

        // Others than the model's are passed over, as there.
        var tensors = new Tensor?[inputs.Count];
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var at = NamedCollectors.Find(reader, inputs);
            reader.Read();
            if (at < 0)
            {
                reader.Skip();
                continue;
            }

            tensors[at] = tensors[at] is null
                ? TensorJson.Read(ref reader, inputs[at].Name, inputs[at].Type)
                : throw Refusal.Of($"The named input {inputs[at].Name} is there twice in 'inputs' object.");
        }

        for (var i = 0; i < tensors.Length; i++)
        {
            if (tensors[i] is null)
            {
                throw Refusal.Of($"Missing named input: {inputs[i].Name} in 'inputs' object.");
            }
        }

        return tensors!;
    }

    private static bool IsBinary(Tensor tensor) => tensor.Type == TensorType.Bytes && tensor.Name.EndsWith(BytesSuffix, StringComparison.Ordinal);

    private static void WriteRows(TensorJsonWriter writer, IReadOnlyList<Tensor> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            if (output.Shape.Count == 0)
            {
                throw Refusal.Of($"Tensor name: {output.Name} has no shape information ");
            }

            if (output.Shape[0] != outputs[0].Shape[0])
            {
                throw Refusal.Of($"Tensor name: {output.Name} has inconsistent batch size: {output.Shape[0]} expecting: {outputs[0].Shape[0]}");
            }
        }

        writer.Name("predictions");
        if (outputs.Count == 1)
        {
            TensorJson.Write(writer, outputs[0], IsBinary(outputs[0]));
            return;
        }

        writer.StartArray();
        for (var row = 0; row < outputs[0].Shape[0]; row++)
        {
            writer.StartObject();
            for (var i = 0; i < outputs.Count; i++)
            {
                writer.Name(outputs[i].Name);
                TensorJson.WriteRow(writer, outputs[i], row, IsBinary(outputs[i]));
            }

            writer.EndObject();
        }

        writer.EndArray();
    }

    private static void WriteColumns(TensorJsonWriter writer, IReadOnlyList<Tensor> outputs)
    {
        writer.Name("outputs");
        if (outputs.Count == 1)
        {
            TensorJson.Write(writer, outputs[0], IsBinary(outputs[0]));
            return;
        }

        writer.StartObject();
        foreach (var output in outputs)
        {
            writer.Name(output.Name);
            TensorJson.Write(writer, output, IsBinary(output));
        }

        writer.EndObject();
    }
}
