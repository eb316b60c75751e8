using System.Text;

namespace Siskin.Tests.Server;

/// <summary>Makes valid requests, and spoils most of them.</summary>
/// <param name="random">Decides everything.</param>
/// <param name="more">Valid requests beside the common ones.</param>
internal sealed class RequestMutator(Random random, params IReadOnlyList<(string Method, string Path, string? Body)> more)
{
    private static readonly (string Method, string Path, string? Body)[] Valid =
    [
        ("POST", "/v1/items", """[{"id":"a","title":"Tea \u00e9","tags":["x","y"],"attributes":{},"place":{"latitude":1.5,"longitude":2},"price":3.5,"createdAt":"2026-03-01T12:00:00Z","isAvailable":true},{"id":"b"}]"""),
        ("POST", "/v1/items", """{"id":"c","tags":["x"],"price":1e2,"createdAt":1700000000000}"""),
        ("POST", "/v1/users", """[{"id":"u","attributes":{},"friends":["v","w"]},{"id":"v"}]"""),
        ("POST", "/v1/events", """[{"id":"e1","type":"click","user":"u","item":"a","value":1,"time":1700000000000},{"type":"rating","user":"u","item":"b","value":4.5,"time":"2026-03-01T12:00:00+01:00","request":"r","scene":"home"}]"""),
        ("POST", "/v1/events", "{\"type\":\"view\",\"user\":\"u\",\"item\":\"a\"}\n{\"type\":\"view\",\"user\":\"v\",\"item\":\"b\"}\n"),
        ("PUT", "/v1/items/d", """{"title":"D","tags":[]}"""),
        ("PATCH", "/v1/items/a", """{"price":9,"tags":null,"place":{"latitude":3}}"""),
        ("PUT", "/v1/users/w", """{"friends":["u"]}"""),
        ("PATCH", "/v1/users/u", """{"friends":["w"]}"""),
        ("GET", "/v1/items?limit=2&cursor=after%3Aa", null),
        ("GET", "/v1/items/a%2Fb", null),
        ("GET", "/v1/items/a/similar?count=3", null),
        ("DELETE", "/v1/items/c", null),
        ("GET", "/v1/users?limit=5", null),
        ("GET", "/v1/schema", null),
        ("PUT", "/v1/schema", """{"itemAttributes":[{"name":"brand","type":"categorical","isFeature":true,"isFilterable":true}],"vectorDimension":2}"""),
        ("GET", "/v1/scenes", null),
        ("GET", "/v1/recommend/home?user=u&count=5&recent=a,b&anyTag=x&minPrice=1&context.device=phone&param.count=3&explain=true", null),
        ("POST", "/v1/recommend/feed", """{"user":"u","item":null,"count":5,"recentItems":["a"],"filter":{"anyTags":["x"],"maxPrice":10,"attributes":[{"name":"brand","operator":"in","values":["t",1]}]},"context":{"hour":7},"parameters":{"reRank.diversity":0.3},"explain":true}"""),
        ("GET", "/health/ready", null),
        ("GET", "/metrics", null),
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/x-ndjson", "text/plain",
        "application/x-www-form-urlencoded", "application/merge-patch+json", "application/xml", "", "nonsense", "application/json;;;", "multipart/form-data",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get"];

    private static readonly string[] Snippets =
    [
        "null", "true", "[]", "{}", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-0", "01", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"\\u00\"",
        "99999999999999999999999999999999", "\"\"", "\"a\"", "\"2026-13-45T99:99:99Z\"", "\"0001-01-01T00:00:00+14:00\"", "1700000000", "\uFEFF", "\u0001", "//x", "'a'", ",", ":",
        "\"9999-12-31T23:59:59.9999999-14:00\"", "\"😀\"", "{\"id\":1,\"id\":2}", "0.5",
    ];

    private readonly (string Method, string Path, string? Body)[] _valid = [.. Valid, .. more];

    /// <summary>The next request; null where the mutation is none that a client can send.</summary>
    public HttpRequestMessage? Next()
    {
        var (method, path, body) = _valid[random.Next(_valid.Length)];
        var bytes = body is null ? null : Encoding.UTF8.GetBytes(body);
        var type = body?.Contains('\n') == true ? "application/x-ndjson" : "application/json";
        List<string> extra = [];
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            Mutate(random, ref method, ref path, ref bytes, ref type, extra);
        }

        return Build(method, path, bytes, type, extra, chunked: random.Next(2) == 0);
    }

    private static void Mutate(Random random, ref string method, ref string path, ref byte[]? body, ref string type, List<string> headers)
    {
        switch (random.Next(9))
        {
            case 0:
                method = Methods[random.Next(Methods.Length)];
                break;
            case 1:
                type = Types[random.Next(Types.Length)];
                break;
            case 2:
                path = MutatePath(random, path);
                break;
            case 3:
                headers.Add(random.Next(5) switch
                {
                    0 => "Content-Encoding: gzip",
                    1 => "X-API-Key: " + new string('k', random.Next(1, 400)),
                    2 => "Authorization: Bearer",
                    3 => "Accept: text/html",
                    _ => "X-Nothing: %&\"",
                });
                break;
            default:
                body = MutateBody(random, body ?? "{}"u8.ToArray());
                break;
        }
    }

    private static string MutatePath(Random random, string path) => random.Next(10) switch
    {
        0 => path + "?" + Snippets[random.Next(Snippets.Length)],
        1 => path + "&count=" + Uri.EscapeDataString(Snippets[random.Next(Snippets.Length)]),
        2 => path + "/" + Uri.EscapeDataString(Snippets[random.Next(Snippets.Length)]),
        3 => path.Replace("home", Uri.EscapeDataString(Snippets[random.Next(Snippets.Length)])),
        4 => path + "?explain=perhaps&user=%00&recent=,,&limit=-1&cursor=%ED%A0%80&param.x=&context.=1",
        5 => path.ToUpperInvariant(),
        6 => path + "%2F%252F%C0%80",
        7 => path + "/" + new string('x', random.Next(1, 2_000)),
        8 => path.Replace("=", "=%FF"),
        _ => "/" + path.TrimStart('/').Replace("/", "//"),
    };

    private static byte[] MutateBody(Random random, byte[] body)
    {
        if (body.Length == 0)
        {
            return Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]);
        }

        var at = random.Next(body.Length);
        var text = Encoding.UTF8.GetString(body);
        switch (random.Next(8))
        {
            case 0:
                body[at] = (byte)random.Next(256);
                return body;
            case 1:
                return body[..at];
            case 2:
                return Encoding.UTF8.GetBytes(text.Insert(random.Next(text.Length), Snippets[random.Next(Snippets.Length)]));
            case 3:
                return SwapValue(random, text);
            case 4:
                return Encoding.UTF8.GetBytes(text.Replace("{", "{\"id\":\"twice\","));
            case 5:
                var depth = random.Next(10, 2_000);
                return Encoding.UTF8.GetBytes(text.Replace(":[", ":" + new string('[', depth)));
            case 6:
                return random.Next(2) == 0 ? Encoding.Unicode.GetBytes(text) : Encoding.UTF8.GetPreamble().Concat(body).ToArray();
            default:
                return [.. body, .. body];
        }
    }

    // Replaces one scalar value by something of another type.
    private static byte[] SwapValue(Random random, string text)
    {
        var colons = Enumerable.Range(0, text.Length).Where(i => text[i] == ':').ToArray();
        if (colons.Length == 0)
        {
            return Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]);
        }

        var start = colons[random.Next(colons.Length)] + 1;
        var end = text.IndexOfAny([',', '}', ']'], start);
        return Encoding.UTF8.GetBytes(text[..start] + Snippets[random.Next(Snippets.Length)] + (end < 0 ? string.Empty : text[end..]));
    }

    private static HttpRequestMessage? Build(string method, string path, byte[]? body, string type, List<string> headers, bool chunked)
    {
        HttpRequestMessage request;
        try
        {
            request = new HttpRequestMessage(new HttpMethod(method), path);
            _ = new Uri(new Uri("http://localhost"), path);
        }
        catch (FormatException)
        {
            return null;
        }

        if (body is not null)
        {
            request.Content = chunked ? new StreamContent(new MemoryStream(body)) : new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var header in headers)
        {
            var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 2)..]);
            if (name.StartsWith("Content", StringComparison.Ordinal))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }
}
