using System.Text.Encodings.Web;
using System.Text.Json;

namespace Siskin.Cli.Output;

/// <summary>JSON of files and documents that people read as well: indented.</summary>
internal static class JsonText
{
    public static CliJson Context { get; } = new(new JsonSerializerOptions(CliJson.Default.Options)
    {
        WriteIndented = true,

        // Never shown in HTML as it stands: letters beyond ASCII need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
