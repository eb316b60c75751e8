using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Serving.Pipeline;

namespace Siskin.Cli.Commands;

/// <summary>Lists for all users of a home, as JSON lines.</summary>
internal static class BatchRecommendation
{
    private const int UsersPerRound = 1024;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>{"user","items":[{"item","score"}]}</c>, a line for each user, in the order of the users.</summary>
    /// <remarks>Written beside and renamed. Memory does not grow with the number of lists.</remarks>
    public static async Task RunAsync(LiveHome live, RecommendationRequest request, string path, CliConsole console, CancellationToken cancellationToken)
    {
        var users = await live.UserIdsAsync(cancellationToken);
        request = RecommendCommand.WithoutDeadline(request);
        var partial = path + ".partial";
        try
        {
            await WorkDisplay.RunAsync(console, $"Recommending to {users.Count:N0} users", display => WriteAsync(live, request, users, partial, display, cancellationToken));
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }

        await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{users.Count:N0} lists in {path}"));
    }

    private static async Task<bool> WriteAsync(
        LiveHome live, RecommendationRequest request, IReadOnlyList<string> users, string partial, WorkDisplay display, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        var lines = new ArrayBufferWriter<byte>[Math.Min(UsersPerRound, users.Count)];
        for (var from = 0; from < users.Count; from += UsersPerRound)
        {
            var start = from;
            var n = Math.Min(UsersPerRound, users.Count - start);
            await Parallel.ForAsync(0, n, cancellationToken, async (i, ct) =>
            {
                var response = await live.Recommender.RecommendAsync(request with { User = users[start + i] }, ct);
                WriteLine(lines[i] ??= new ArrayBufferWriter<byte>(), response);
            });
            for (var i = 0; i < n; i++)
            {
                await file.WriteAsync(lines[i].WrittenMemory, cancellationToken);
                lines[i].ResetWrittenCount();
            }

            display.Report(string.Create(CultureInfo.InvariantCulture, $"{start + n:N0} of {users.Count:N0} users"), (double)(start + n) / users.Count);
        }

        return true;
    }

    private static void WriteLine(ArrayBufferWriter<byte> line, RecommendationResponse response)
    {
        using (var writer = new Utf8JsonWriter(line, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("user"u8, response.User);
            writer.WriteStartArray("items"u8);
            foreach (var item in response.Items)
            {
                writer.WriteStartObject();
                writer.WriteString("item"u8, item.Item);
                writer.WriteNumber("score"u8, item.Score);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
    }
}
