using System.Text;
using Siskin.Inference.Registry;

namespace Siskin.Inference.Protocols;

/// <summary>What a body is refused with.</summary>
internal static class Refusal
{
    private const int ShownBytes = 60;

    /// <summary>The caller sent something wrong.</summary>
    public static ServableException Of(string message) => new(ServableError.InvalidArgument, message);

    /// <summary>Text of a body as shown in a message: not more of it than helps, and no bytes that are not text.</summary>
    public static string Show(ReadOnlySpan<byte> text) =>
        text.Length <= ShownBytes ? Encoding.UTF8.GetString(text) : $"{Encoding.UTF8.GetString(text[..ShownBytes])}…";
}
