using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Siskin.SystemTests.Durability;

/// <summary>Posts batch after batch of events with ids of its own, and repeats the one that got no answer.</summary>
internal sealed class BatchClient(string name)
{
    public const int BatchSize = 20;

    private int _next;
    private bool _isUnanswered;

    /// <summary>Batches that the server has acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public string EventId(int batch, int place) => $"{name}-{batch}-{place}";

    /// <summary>Posts until the server is gone or the token ends it; what is under way then is repeated by the next call.</summary>
    public async Task PostUntilGoneAsync(HttpClient server, CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await PostNextAsync(server);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    /// <summary>Posts one batch: the one that was left without an answer, or a new one.</summary>
    public async Task PostNextAsync(HttpClient server)
    {
        var isRepeat = _isUnanswered;
        _isUnanswered = true;
        using var response = await server.PostAsync("/v1/events", new StringContent(Batch(_next), Encoding.UTF8, "application/json"));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {answer}");
        var (accepted, duplicates) = (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32());

        // All or nothing: of a batch that was in flight when the server died there is everything or nothing at all.
        Assert.Contains((accepted, duplicates), isRepeat ? [(BatchSize, 0), (0, BatchSize)] : new[] { (BatchSize, 0) });
        _isUnanswered = false;
        Acknowledged++;
        _next++;
    }

    private string Batch(int batch)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < BatchSize; i++)
        {
            text.Append(i == 0 ? "" : ",");
            text.Append($$"""{"id":"{{EventId(batch, i)}}","type":"click","user":"{{name}}-{{i}}","item":"item-{{batch % 100}}"}""");
        }

        return text.Append(']').ToString();
    }
}
