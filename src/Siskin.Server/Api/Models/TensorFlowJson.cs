using System.Globalization;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Server.Api.Models;

/// <summary>Status and metadata as TensorFlow Serving writes them: its messages in the JSON of protocol buffers, where numbers of 64 bits are texts.</summary>
internal static class TensorFlowJson
{
    public static void WriteStatus(TensorJsonWriter writer, IReadOnlyList<ServableStatus> versions)
    {
        writer.StartObject();
        writer.Name("model_version_status");
        writer.StartArray();
        foreach (var version in versions)
        {
            writer.StartObject();
            writer.Member("version", version.Version.ToString(CultureInfo.InvariantCulture));
            writer.Member("state", version.State.ToString().ToUpperInvariant());
            writer.Name("status");
            writer.StartObject();
            writer.Member("error_code", version.Error is null ? "OK" : "UNKNOWN");
            writer.Member("error_message", version.Error ?? string.Empty);
            writer.EndObject();
            writer.EndObject();
        }

        writer.EndArray();
        writer.EndObject();
    }

    public static void WriteMetadata(TensorJsonWriter writer, ServableLease model)
    {
        writer.StartObject();
        writer.Name("model_spec");
        writer.StartObject();
        writer.Member("name", model.Name);
        writer.Member("signature_name", string.Empty);
        writer.Member("version", model.Version.ToString(CultureInfo.InvariantCulture));
        writer.EndObject();
        foreach (var level in new[] { "metadata", "signature_def", "signature_def", "serving_default" })
        {
            writer.Name(level);
            writer.StartObject();
        }

        WriteTensors(writer, "inputs", model.Servable.Inputs);
        WriteTensors(writer, "outputs", model.Servable.Outputs);
        writer.Member("method_name", "tensorflow/serving/predict");
        for (var i = 0; i < 5; i++)
        {
            writer.EndObject();
        }
    }

    private static void WriteTensors(TensorJsonWriter writer, string name, IReadOnlyList<TensorDescription> tensors)
    {
        writer.Name(name);
        writer.StartObject();
        foreach (var tensor in tensors)
        {
            writer.Name(tensor.Name);
            writer.StartObject();
            writer.Member("dtype", TensorTypeNames.TensorFlow(tensor.Type));
            writer.Name("tensor_shape");
            writer.StartObject();
            writer.Name("dim");
            writer.StartArray();
            foreach (var length in tensor.Shape)
            {
                writer.StartObject();
                writer.Member("size", length.ToString(CultureInfo.InvariantCulture));
                writer.Member("name", string.Empty);
                writer.EndObject();
            }

            writer.EndArray();
            writer.Name("unknown_rank");
            writer.Boolean(false);
            writer.EndObject();
            writer.Member("name", tensor.Name);
            writer.EndObject();
        }

        writer.EndObject();
    }
}
