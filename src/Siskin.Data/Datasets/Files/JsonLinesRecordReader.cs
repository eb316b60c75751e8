using System.Text.Json;

namespace Siskin.Data.Datasets.Files;

/// <summary>Reads files with one JSON object on each line, as rows of the named properties.</summary>
/// <remarks>
/// A column is the property's text: strings and numbers as they are, true and false as such, null or a missing property as
/// the empty text, arrays and objects as JSON. Property names are compared exactly; of repeated ones the last counts.
/// </remarks>
internal sealed class JsonLinesRecordReader(string path, IReadOnlyList<string> properties, DatasetReadContext context)
    : RecordReader(path, context)
{
    private readonly LineReader _lines = new(path, context);

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await _lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            Line = _lines.Number;
            if (_lines.Problem is { } problem)
            {
                Reject(problem);
            }
            else if (!string.IsNullOrWhiteSpace(_lines.Text) && TryParse(_lines.Text))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _lines.DisposeAsync();

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
        _ => value.GetRawText(),
    };

    private bool TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                Reject($"the line holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; an object is expected");
                return false;
            }

            var fields = new string[properties.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = document.RootElement.TryGetProperty(properties[i], out var value) ? Text(value) : string.Empty;
            }

            Fields = fields;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of a surrogate pair.
            Reject($"the line is not valid JSON: {e.Message}");
            return false;
        }
    }
}
