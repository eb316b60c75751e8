using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Siskin.Benchmarks.Vectors;
using Siskin.Serving.Releases;

namespace Siskin.Benchmarks.Serving;

/// <summary>Asks a server at a fixed rate from a process of its own, and looks at every answer.</summary>
/// <remarks>
/// Requests are due at fixed moments whatever became of the earlier ones; latencies count from then. With a rate of 0 each
/// connection asks again when it is answered. Answers are kept as bytes and looked at when the time is over, so that
/// looking costs the server nothing. Sockets without a library above them: the client shares the processors with the server.
/// </remarks>
internal sealed class HotSwapClient : IDisposable
{
    // A third of an answer's usual size more than the largest seen with 20 items.
    private const int AnswerBytes = 1 << 16;

    private readonly IPEndPoint _server;
    private readonly string[] _users;
    private readonly int[] _chosen;
    private readonly byte[]?[] _answers;
    private readonly ThreadLocal<Connection> _connections;

    private HotSwapClient(int port, string[] users, int requests, int seed)
    {
        (_server, _users, _answers, _chosen) = (new IPEndPoint(IPAddress.Loopback, port), users, new byte[]?[requests], new int[requests]);
        _connections = new ThreadLocal<Connection>(() => new Connection(_server), trackAllValues: true);
        var (random, zipf) = (new Random(seed), new ZipfSampler(users.Length, 1));
        for (var i = 0; i < requests; i++)
        {
            _chosen[i] = zipf.Next(random);
        }
    }

    /// <summary>The child's whole work: <c>--port P --home DIR --rate R --seconds S --connections C --seed N</c>; prints one JSON line.</summary>
    public static void Run(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--port", "--home", "--rate", "--seconds", "--connections", "--seed");
        var (rate, seconds, connections) = (options.Integer("--rate", 0), options.Integer("--seconds", 10), options.Integer("--connections", 16));
        var release = new ReleaseStore(Path.Combine(options.Text("--home")!, "releases")).Read(1);
        string[] users = [.. release.Users.Ids];
        new Random(1).Shuffle(users);
        var rows = release.Items.Select((item, row) => (item.Id, row)).ToDictionary(i => i.Id, i => i.row, StringComparer.Ordinal);
        GC.Collect();
        using var client = new HotSwapClient(options.Integer("--port", 0), users, rate == 0 ? seconds * 20_000 : rate * seconds, options.Integer("--seed", 1));
        var result = rate == 0 ? client.Closed(seconds, connections) : client.Open(rate, seconds, connections);
        Console.WriteLine(JsonSerializer.Serialize(client.Check(result, rows)));
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }

        _connections.Dispose();
    }

    private HotSwapResult Open(int rate, int seconds, int connections)
    {
        var loop = new OpenLoop("recommend", rate, seconds, connections, Ask);
        OpenLoop.RunAll(loop);
        var latencies = loop.Latencies();
        return new HotSwapResult
        {
            Requests = loop.Scheduled,
            Failures = loop.Scheduled - latencies.Count,
            FirstFailure = loop.Failure?.Message,
            PerSecond = latencies.Count / (double)seconds,
            Microseconds = [.. latencies.Select(ms => (int)Math.Round(ms * 1000))],
        };
    }

    private HotSwapResult Closed(int seconds, int connections)
    {
        var (next, done) = (-1, 0);
        var end = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        var threads = Enumerable.Range(0, connections).Select(_ => new Thread(() =>
        {
            while (Stopwatch.GetTimestamp() < end && Interlocked.Increment(ref next) is var i && i < _answers.Length)
            {
                Ask(i);
                Interlocked.Increment(ref done);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return new HotSwapResult { Requests = done, PerSecond = done / (double)seconds };
    }

    private void Ask(int i) => _answers[i] = _connections.Value!.Ask(_users[_chosen[i]]);

    private HotSwapResult Check(HotSwapResult result, Dictionary<string, int> rows)
    {
        var (mixed, degraded, bad) = (0, 0, 0);
        var releases = new SortedDictionary<int, int>();
        foreach (var bytes in _answers)
        {
            if (bytes is null)
            {
                continue;
            }

            var answer = JsonElement.Parse(bytes);
            var release = answer.GetProperty("release").GetInt32();
            releases[release] = releases.GetValueOrDefault(release) + 1;
            var items = answer.GetProperty("items");
            bad += items.GetArrayLength() == 0 ? 1 : 0;
            degraded += answer.GetProperty("degradations").GetArrayLength() > 0 ? 1 : 0;
            foreach (var item in items.EnumerateArray())
            {
                if (!HotSwapReleases.IsTitleOf(release, item.GetProperty("title").GetString())
                    || !HotSwapReleases.Has(release, rows[item.GetProperty("item").GetString()!]))
                {
                    mixed++;
                    break;
                }
            }
        }

        return result with { Failures = result.Failures + bad, Mixed = mixed, Degraded = degraded, Releases = releases };
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        private readonly byte[] _buffer = new byte[AnswerBytes];

        public Connection(IPEndPoint server) => _socket.Connect(server);

        /// <summary>Asks once, and gives the body of the answer.</summary>
        /// <exception cref="InvalidDataException">The answer is no 200 with a body of known length.</exception>
        public byte[] Ask(string user)
        {
            _socket.Send(Encoding.ASCII.GetBytes($"GET /v1/recommend/home?user={Uri.EscapeDataString(user)}&count=20 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            var (read, body, length) = (0, 0, -1);
            while (length < 0 || read < body + length)
            {
                var more = _socket.Receive(_buffer.AsSpan(read));
                read += more > 0 ? more : throw new InvalidDataException("the server closed the connection");
                if (length < 0 && _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                {
                    (body, length) = (end + 4, LengthOf(_buffer.AsSpan(0, end)));
                }
            }

            return _buffer.AsSpan(body, length).ToArray();
        }

        public void Dispose() => _socket.Dispose();

        private static int LengthOf(ReadOnlySpan<byte> head)
        {
            var text = Encoding.ASCII.GetString(head);
            var at = text.IndexOf("\r\nContent-Length: ", StringComparison.OrdinalIgnoreCase);
            if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) || at < 0)
            {
                throw new InvalidDataException($"not an answer with a length: {text}");
            }

            at += "\r\nContent-Length: ".Length;
            var end = text.IndexOf('\r', at);
            return int.Parse(text.AsSpan(at, (end < 0 ? text.Length : end) - at), CultureInfo.InvariantCulture);
        }
    }
}
