using Siskin.Inference.Registry;

namespace Siskin.Inference.Protocols;

/// <summary>Parameters that change how tensors travel; all others are passed over.</summary>
/// <param name="BinarySize">Bytes of an input behind the JSON; null where its data is in the JSON.</param>
/// <param name="IsBinary">Whether an output comes behind the JSON; null where the request decides.</param>
/// <param name="IsBinaryOutput">Whether all outputs come behind the JSON.</param>
/// <param name="IsBase64">Whether texts are base64 of bytes.</param>
internal readonly record struct InferParameters(long? BinarySize, bool? IsBinary, bool IsBinaryOutput, bool IsBase64)
{
    /// <summary>Reads the object that follows.</summary>
    /// <exception cref="ServableException">It is none, a value is of a wrong type, or asks for something that is not here.</exception>
    public static InferParameters Read(ref TensorJsonReader reader)
    {
        var parameters = default(InferParameters);
        reader.Expect(TensorJsonToken.StartObject, "'parameters' must be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var name = reader.GetText();
            reader.Read();
            reader.Subject = name;
            parameters = name switch
            {
                "binary_data_size" => parameters with { BinarySize = reader.GetInteger(0, long.MaxValue, "int64") },
                "binary_data" => parameters with { IsBinary = reader.GetBoolean() },
                "binary_data_output" => parameters with { IsBinaryOutput = reader.GetBoolean() },
                "content_type" => parameters with { IsBase64 = reader.Token == TensorJsonToken.String && reader.IsText("base64"u8) },

                // Whoever asks for these gets something else than was asked for, if they are passed over.
                "classification" or "shared_memory_region" => throw Refusal.Of($"the parameter '{name}' is not supported"),
                _ => parameters,
            };
            reader.Subject = null;
            reader.Skip();
        }

        return parameters;
    }
}
