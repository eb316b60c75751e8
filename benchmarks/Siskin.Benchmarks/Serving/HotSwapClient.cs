using System.Collections.Concurrent;
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
/// connection asks again when it is answered. Sockets without a library above them: the client shares the processors with the server.
/// </remarks>
internal sealed class HotSwapClient : IDisposable
{
    // Several times the largest answer of 20 items.
    private const int AnswerBytes = 1 << 16;

    public const int WarmUpSeconds = 3;

    private readonly IPEndPoint _server;
    private readonly string[] _users;
    private readonly int[] _chosen;
    private readonly Dictionary<string, int> _rows;
    private readonly int[] _answersBy = new int[HotSwapReleases.Parts + 2];
    private readonly ConcurrentQueue<Connection> _connections = new();

    private int _mixed;
    private int _degraded;

    private HotSwapClient(int port, string[] users, Dictionary<string, int> rows, int requests, int seed)
    {
        (_server, _users, _rows, _chosen) = (new IPEndPoint(IPAddress.Loopback, port), users, rows, new int[requests]);
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
        using var client = new HotSwapClient(options.Integer("--port", 0), users, rows, rate == 0 ? seconds * 20_000 : rate * seconds, options.Integer("--seed", 1));
        var result = rate == 0 ? client.Closed(seconds, connections) : client.Open(rate, seconds, connections);
        Console.WriteLine(JsonSerializer.Serialize(result));
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private HotSwapResult Open(int rate, int seconds, int connections)
    {
        // Connects, and compiles this process's code.
        OpenLoop.RunAll(new OpenLoop("warm-up", rate, WarmUpSeconds, connections, Ask));
        Array.Clear(_answersBy);
        (_mixed, _degraded) = (0, 0);
        var loop = new OpenLoop("recommend", rate, seconds, connections, Ask);
        OpenLoop.RunAll(loop);
        var latencies = loop.Latencies();
        return new HotSwapResult
        {
            Requests = loop.Scheduled,
            Failures = loop.Scheduled - latencies.Count,
            FirstFailure = loop.Failure?.Message,
            Mixed = _mixed,
            Degraded = _degraded,
            Releases = _answersBy.Select((count, release) => (count, release)).Where(r => r.count > 0).ToDictionary(r => r.release, r => r.count),
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
            while (Stopwatch.GetTimestamp() < end && Interlocked.Increment(ref next) is var i && i < _chosen.Length)
            {
                Ask(i);
                Interlocked.Increment(ref done);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return new HotSwapResult { Requests = done, PerSecond = done / (double)seconds };
    }

    private void Ask(int i)
    {
        // One that fails is not used again.
        var connection = _connections.TryDequeue(out var open) ? open : new Connection(_server);
        Check(connection.Ask(_users[_chosen[i]]));
        _connections.Enqueue(connection);
    }

    /// <summary>Looks at an answer, without garbage that would stay: this process shall not stand still.</summary>
    private void Check(ReadOnlySpan<byte> body)
    {
        var (release, items, depth) = (0, 0, 0);
        var (isMixed, isDegraded) = (false, false);
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            depth = reader.CurrentDepth;
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (depth == 1 && reader.ValueTextEquals("release"u8))
            {
                reader.Read();
                release = reader.GetInt32();
            }
            else if (depth == 1 && reader.ValueTextEquals("degradations"u8))
            {
                reader.Read();
                reader.Read();
                isDegraded = reader.TokenType != JsonTokenType.EndArray;
            }
            else if (depth == 3 && reader.ValueTextEquals("item"u8))
            {
                reader.Read();
                items++;
                isMixed |= !HotSwapReleases.Has(release, _rows[reader.GetString()!]);
            }
            else if (depth == 3 && reader.ValueTextEquals("title"u8))
            {
                reader.Read();
                isMixed |= !HotSwapReleases.IsTitleOf(release, reader.GetString());
            }
        }

        Interlocked.Increment(ref _answersBy[release]);
        Interlocked.Add(ref _mixed, isMixed ? 1 : 0);
        Interlocked.Add(ref _degraded, isDegraded ? 1 : 0);
        if (items == 0)
        {
            throw new InvalidDataException("the list is empty");
        }
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        private readonly byte[] _buffer = new byte[AnswerBytes];

        public Connection(IPEndPoint server) => _socket.Connect(server);

        /// <summary>Asks once, and gives the body of the answer, valid until the next call.</summary>
        /// <exception cref="InvalidDataException">The answer is no 200 in chunks.</exception>
        public ReadOnlySpan<byte> Ask(string user)
        {
            _socket.Send(Encoding.ASCII.GetBytes($"GET /v1/recommend/home?user={Uri.EscapeDataString(user)}&count=20 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            var read = 0;
            while (!_buffer.AsSpan(0, read).EndsWith("\r\n0\r\n\r\n"u8))
            {
                var more = _socket.Receive(_buffer.AsSpan(read));
                read += more > 0 ? more : throw new InvalidDataException("the server closed the connection");
            }

            var answer = _buffer.AsSpan(0, read);
            var head = answer.IndexOf("\r\n\r\n"u8);
            return answer.StartsWith("HTTP/1.1 200 "u8) && answer[..head].IndexOf("Transfer-Encoding: chunked"u8) >= 0
                ? Body(answer[(head + 4)..])
                : throw new InvalidDataException($"not a 200 in chunks: {Encoding.ASCII.GetString(answer[..head])}");
        }

        public void Dispose() => _socket.Dispose();

        /// <summary>Puts the chunks' contents one behind the other, where they are.</summary>
        private static ReadOnlySpan<byte> Body(Span<byte> chunks)
        {
            var (length, at) = (0, 0);
            while (true)
            {
                var line = chunks[at..].IndexOf((byte)'\r');
                var size = int.Parse(chunks.Slice(at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (size == 0)
                {
                    return chunks[..length];
                }

                chunks.Slice(at + line + 2, size).CopyTo(chunks[length..]);
                (length, at) = (length + size, at + line + 2 + size + 2);
            }
        }
    }
}
