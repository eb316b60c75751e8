using System.Text.Unicode;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>The inference request of the Open Inference Protocol, version 2, with Triton's binary tensor data.</summary>
public sealed class InferRequest : IProtocolRequest
{
    private readonly InferParameters _parameters;
    private readonly IReadOnlyList<InferParameters> _outputs;

    private InferRequest(string? id, InferParameters parameters, IReadOnlyList<Tensor> inputs, IReadOnlyList<string> names, IReadOnlyList<InferParameters> outputs)
    {
        (Id, _parameters, Inputs, Outputs, _outputs) = (id, parameters, inputs, names, outputs);
        Rows = inputs.Count > 0 && inputs[0].Shape.Count > 0 ? (int)inputs[0].Shape[0] : 1;
    }

    /// <summary>The caller's name for the request, given back with the answer; null without.</summary>
    public string? Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <summary>Reads a body.</summary>
    /// <param name="body">JSON in UTF-8, and bytes of tensors behind it.</param>
    /// <param name="jsonLength">How long the JSON is; the whole body where it is not said.</param>
    /// <exception cref="ServableException"><see cref="ServableError.InvalidArgument"/>: the body is wrong, and where.</exception>
    public static InferRequest Read(ReadOnlySpan<byte> body, int? jsonLength = null)
    {
        if (jsonLength is { } length && (length <= 0 || length > body.Length))
        {
            throw Refusal.Of($"the JSON is said to have {length} bytes of a body of {body.Length}");
        }

        var reader = new TensorJsonReader(jsonLength is null ? body : body[..jsonLength.Value], roundsIntegers: true);
        var binary = jsonLength is null ? [] : body[jsonLength.Value..];
        string? id = null;
        var parameters = default(InferParameters);
        List<Tensor>? inputs = null;
        List<string> names = [];
        List<InferParameters> outputs = [];
        reader.Expect(TensorJsonToken.StartObject, "the request must be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            if (reader.IsText("id"u8))
            {
                reader.Expect(TensorJsonToken.String, "'id' must be a string");
                id = reader.GetText();
            }
            else if (reader.IsText("parameters"u8))
            {
                parameters = InferParameters.Read(ref reader);
            }
            else if (reader.IsText("inputs"u8))
            {
                inputs = inputs is null ? ReadInputs(ref reader, ref binary) : throw Refusal.Of("'inputs' is there twice");
            }
            else if (reader.IsText("outputs"u8))
            {
                ReadOutputs(ref reader, names, outputs);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        reader.Read();
        if (!binary.IsEmpty)
        {
            throw Refusal.Of($"{binary.Length} bytes behind the JSON belong to no input");
        }

        return new(id, parameters, inputs ?? throw Refusal.Of("'inputs' is missing"), names, outputs);
    }

    /// <inheritdoc/>
    public void Write(TensorJsonWriter writer, string model, long version, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outputs);
        writer.StartObject();
        writer.Member("model_name", model);
        writer.Member("model_version", version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (Id is not null)
        {
            writer.Member("id", Id);
        }

        writer.Name("outputs");
        writer.StartArray();
        for (var i = 0; i < outputs.Count; i++)
        {
            WriteOutput(writer, outputs[i], IsBinary(i), i < _outputs.Count && _outputs[i].IsBase64);
        }

        writer.EndArray();
        writer.EndObject();
        for (var i = 0; i < outputs.Count; i++)
        {
            if (IsBinary(i))
            {
                var size = TensorBinary.Size(outputs[i]);
                TensorBinary.Write(outputs[i], writer.Binary(size));
            }
        }
    }

    private static void WriteOutput(TensorJsonWriter writer, Tensor output, bool isBinary, bool isBase64)
    {
        writer.StartObject();
        writer.Member("name", output.Name);
        writer.Member("datatype", TensorTypeNames.OpenInference(output.Type));
        writer.Name("shape");
        writer.StartArray();
        foreach (var length in output.Shape)
        {
            writer.Integer(length);
        }

        writer.EndArray();
        if (isBinary)
        {
            writer.Name("parameters");
            writer.StartObject();
            writer.Name("binary_data_size");
            writer.Integer((long)TensorBinary.Size(output));
            writer.EndObject();
            writer.EndObject();
            return;
        }

        isBase64 = output.Type == TensorType.Bytes && (isBase64 || !Array.TrueForAll((byte[][])output.Data, v => Utf8.IsValid(v)));
        if (isBase64)
        {
            writer.Name("parameters");
            writer.StartObject();
            writer.Member("content_type", "base64");
            writer.EndObject();
        }

        writer.Name("data");
        TensorJson.WriteFlat(writer, output, isBase64);
        writer.EndObject();
    }

    private static List<Tensor> ReadInputs(ref TensorJsonReader reader, ref ReadOnlySpan<byte> binary)
    {
        var inputs = new List<Tensor>();
        reader.Expect(TensorJsonToken.StartArray, "'inputs' must be a list");
        while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
        {
            if (reader.Token != TensorJsonToken.StartObject)
            {
                throw Refusal.Of($"inputs[{inputs.Count}] must be an object, but got: {reader.Token}");
            }

            inputs.Add(ReadInput(ref reader, inputs.Count, ref binary));
        }

        return inputs;
    }

    private static Tensor ReadInput(ref TensorJsonReader reader, int index, ref ReadOnlySpan<byte> binary)
    {
        string? name = null;
        TensorType? type = null;
        IReadOnlyList<long>? shape = null;
        var parameters = default(InferParameters);
        Tensor? tensor = null;
        var data = reader;
        var hasData = false;
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            if (reader.IsText("name"u8))
            {
                reader.Expect(TensorJsonToken.String, $"'name' of inputs[{index}] must be a string");
                name = reader.GetText();
            }
            else if (reader.IsText("datatype"u8))
            {
                reader.Expect(TensorJsonToken.String, $"'datatype' of inputs[{index}] must be a string");
                type = TensorTypeNames.FromOpenInference(reader.GetText()) ?? throw Refusal.Of($"inputs[{index}] has the datatype '{Refusal.Show(reader.Value)}', which is unknown or not supported");
            }
            else if (reader.IsText("shape"u8))
            {
                shape = ReadShape(ref reader, index);
            }
            else if (reader.IsText("parameters"u8))
            {
                parameters = InferParameters.Read(ref reader);
            }
            else if (reader.IsText("data"u8))
            {
                hasData = !hasData ? true : throw Refusal.Of($"'data' of inputs[{index}] is there twice");
                reader.Read();
                if (name is not null && shape is not null && type is { } known && known != TensorType.Bytes)
                {
                    // As a rule all else is known by now, and the data needs no second look.
                    tensor = TensorJson.Read(ref reader, name, known, shape);
                }
                else
                {
                    data = reader;
                    reader.Skip();
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (name is null || type is null || shape is null)
        {
            throw Refusal.Of($"inputs[{index}] has no '{(name is null ? "name" : type is null ? "datatype" : "shape")}'");
        }

        if (parameters.BinarySize is { } size)
        {
            return hasData ? throw Refusal.Of($"'{name}' has both 'data' and 'binary_data_size'") : ReadBinary(ref binary, size, name, type.Value, shape);
        }

        if (!hasData)
        {
            throw Refusal.Of($"'{name}' has no 'data'");
        }

        tensor ??= TensorJson.Read(ref data, name, type.Value, shape);
        if (parameters.IsBase64 && tensor.Type == TensorType.Bytes)
        {
            var values = (byte[][])tensor.Data;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = BytesElement.Decode(values[i], name);
            }
        }

        // A name, type or shape given again behind the data is not what the data was read by.
        return tensor.Name == name && tensor.Type == type && tensor.Shape.SequenceEqual(shape) ? tensor : throw Refusal.Of($"inputs[{index}] says its name, datatype or shape twice");
    }

    private static Tensor ReadBinary(ref ReadOnlySpan<byte> binary, long size, string name, TensorType type, IReadOnlyList<long> shape)
    {
        if (size < 0 || size > binary.Length)
        {
            throw Refusal.Of($"'{name}' has a 'binary_data_size' of {size}, but {binary.Length} bytes are left behind the JSON");
        }

        var tensor = TensorBinary.Read(binary[..(int)size], name, type, shape);
        binary = binary[(int)size..];
        return tensor;
    }

    private static List<long> ReadShape(ref TensorJsonReader reader, int index)
    {
        var shape = new List<long>();
        reader.Expect(TensorJsonToken.StartArray, $"'shape' of inputs[{index}] must be a list");
        while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
        {
            shape.Add(reader.GetInteger(0, long.MaxValue, "uint64"));
        }

        return shape;
    }

    private static void ReadOutputs(ref TensorJsonReader reader, List<string> names, List<InferParameters> outputs)
    {
        if (names.Count > 0)
        {
            throw Refusal.Of("'outputs' is there twice");
        }

        reader.Expect(TensorJsonToken.StartArray, "'outputs' must be a list");
        while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
        {
            if (reader.Token != TensorJsonToken.StartObject)
            {
                throw Refusal.Of($"outputs[{names.Count}] must be an object, but got: {reader.Token}");
            }

            string? name = null;
            var parameters = default(InferParameters);
            while (reader.Read() && reader.Token == TensorJsonToken.Name)
            {
                if (reader.IsText("name"u8))
                {
                    reader.Expect(TensorJsonToken.String, $"'name' of outputs[{names.Count}] must be a string");
                    name = reader.GetText();
                }
                else if (reader.IsText("parameters"u8))
                {
                    parameters = InferParameters.Read(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            names.Add(name ?? throw Refusal.Of($"outputs[{names.Count}] has no 'name'"));
            if (names.IndexOf(name) < names.Count - 1)
            {
                throw Refusal.Of($"the output '{name}' is asked for twice");
            }

            outputs.Add(parameters);
        }
    }

    private bool IsBinary(int output) => (output < _outputs.Count ? _outputs[output].IsBinary : null) ?? _parameters.IsBinaryOutput;
}
