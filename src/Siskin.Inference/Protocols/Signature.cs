using System.Text;
using Siskin.Inference.Registry;

namespace Siskin.Inference.Protocols;

/// <summary>The signatures of TensorFlow Serving: a model has the default one alone, under the names that stand for it.</summary>
internal static class Signature
{
    /// <summary>Name of the default signature.</summary>
    public const string Default = "serving_default";

    /// <summary>Checks the value of <c>signature_name</c>.</summary>
    /// <param name="reader">On the value.</param>
    /// <param name="own">Other names of this call's signature: those that TensorFlow's exports give it.</param>
    /// <exception cref="ServableException">There is no such signature.</exception>
    public static void Check(ref TensorJsonReader reader, params ReadOnlySpan<string> own)
    {
        if (reader.Token != TensorJsonToken.String)
        {
            throw Refusal.Of("'signature_name' key must be a string value.");
        }

        var name = reader.GetText();
        if (name.Length > 0 && name != Default && !own.Contains(name))
        {
            throw Refusal.Of($"Serving signature name: \"{Refusal.Show(Encoding.UTF8.GetBytes(name))}\" not found in signature def");
        }
    }
}
