using System.Text;
using System.Text.Json;

namespace Siskin.Tests.Server.Models;

/// <summary>Whatever is sent to a model, the answer is one of the protocol and never a server error.</summary>
public sealed class ModelMutationTests
{
    private static readonly (string Path, string Body)[] Valid =
    [
        ("/v1/models/half_plus_two:predict", """{"signature_name":"serving_default","instances":[1.0,2.5,-3e2,NaN]}"""),
        ("/v1/models/half_plus_two/labels/old:predict", """{"inputs":{"x":[1,2,5]}}"""),
        ("/v1/models/sensors:predict", """{"instances":[{"tag":"foo","signal":[1,2,3,4,5],"sensor":[[1,2],[3,4]]},{"tag":{"b64":"aGk="},"signal":[3,4,1,2,5],"sensor":[[4,5],[6,8]]}]}"""),
        ("/v1/models/sensors/versions/1:predict", """{"inputs":{"tag":["foo","bar"],"signal":[[1,2,3,4,5],[3,4,1,2,5]],"sensor":[[[1,2],[3,4]],[[4,5],[6,8]]]}}"""),
        ("/v1/models/image:predict", """{"instances":[{"b64":"aW1hZ2UgYnl0ZXM="},"text \u00e9\n"]}"""),
        ("/v1/models/echo2_float16:predict", """{"instances":[[0.1,2],[3,4.5]]}"""),
        ("/v1/models/captions:classify", """{"context":{"caption":"both"},"examples":[{"image":"a"},{"image":["bc"]}]}"""),
        ("/v1/models/three:classify", """{"examples":[{"v":[0.5,0.25,0.125]},{"v":[1,2,3]}]}"""),
        ("/v1/models/half_plus_three:regress", """{"examples":[{"x":1.0},{"x":2.0}]}"""),
        ("/v2/models/mymodel/infer", """{"id":"42","inputs":[{"name":"input0","shape":[2,2],"datatype":"UINT32","data":[1,2,3,4]},{"name":"input1","shape":[3],"datatype":"BOOL","data":[true,false,true]}],"outputs":[{"name":"output0"}]}"""),
        ("/v2/models/echo2_bytes/infer", """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["a","Yg=="],"parameters":{"content_type":"base64"}}],"parameters":{"binary_data_output":true}}"""),
        ("/v2/models/echo_int64/infer", """{"inputs":[{"data":[1,-2],"name":"x","shape":[2],"datatype":"INT64"}],"outputs":[{"name":"x","parameters":{"binary_data":true}}]}"""),
        ("/v2/repository/index", """{"ready":true}"""),
        ("/v2/repository/models/one/load", """{"parameters":{}}"""),
    ];

    private static readonly string[] Snippets =
    [
        "null", "true", "[]", "[[]]", "{}", "1e999", "-1e999", "1e-999", "NaN", "-Infinity", "Inf", "-", "-0", "01", "1.", ".5", "1e", "\"\\ud800\"", "\"\\u0000\"", "\"\\u00\"",
        "99999999999999999999999999999999", "-9223372036854775808", "18446744073709551615", "\"\"", "{\"b64\":\"!\"}", "{\"b64\":\"aGk\"}", "{\"b64\":1}", "{\"b64\":\"\",\"b\":1}",
        "\uFEFF", "\u0001", ",", ":", "[", "]", "{", "}", "\"", "[0,0]", "[1000000000,0]", "\"FP64\"", "\"BYTES\"", "{\"binary_data_size\":4}", "0.1234567890123456789",
    ];

    [Fact]
    public async Task No_mutation_of_a_body_brings_a_server_error()
    {
        var models = TestModels.Server();
        await using var server = await ServerFixture.StartAsync(models: models);
        var random = new Random(20261124);
        var successes = 0;
        const int Rounds = 6_000;
        for (var round = 0; round < Rounds; round++)
        {
            var (path, text) = Valid[random.Next(Valid.Length)];
            var body = Encoding.UTF8.GetBytes(text);
            for (var n = random.Next(0, 3); n > 0; n--)
            {
                body = Mutate(random, body);
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            if (random.Next(5) == 0)
            {
                request.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", random.Next(3) switch { 0 => "x", 1 => body.Length.ToString(), _ => random.Next(-2, body.Length + 3).ToString() });
            }

            using var response = await server.Client.SendAsync(request);
            var answer = await response.Content.ReadAsByteArrayAsync();
            var what = $"round {round}: {path} {Encoding.UTF8.GetString(body)} → {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}";
            Assert.True((int)response.StatusCode is 200 or 400, what);
            if ((int)response.StatusCode == 200)
            {
                successes++;
                continue;
            }

            Assert.Equal(["error"], JsonElement.Parse(answer).EnumerateObject().Select(p => p.Name));
        }

        Assert.Equal(0, models.Held);
        Assert.InRange(successes, Rounds / 5, Rounds * 4 / 5);
    }

    private static byte[] Mutate(Random random, byte[] body)
    {
        if (body.Length == 0)
        {
            return Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]);
        }

        var at = random.Next(body.Length);
        switch (random.Next(8))
        {
            case 0:
                var flipped = body.ToArray();
                flipped[at] = (byte)random.Next(256);
                return flipped;
            case 1:
                return body[..at];
            case 2:
                return [.. body[..at], .. Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]), .. body[at..]];
            case 3:
            case 4:
                return Replace(random, body, at);
            case 5:
                var to = random.Next(at, Math.Min(body.Length, at + 20));
                return [.. body[..to], .. body[at..]];
            case 6:
                return [.. body[..at], .. Enumerable.Repeat((byte)'[', random.Next(1, 200)), .. body[at..]];
            default:
                var end = random.Next(at, Math.Min(body.Length, at + 20));
                return [.. body[..at], .. body[end..]];
        }
    }

    // One value gives way to something of another kind.
    private static byte[] Replace(Random random, byte[] body, int at)
    {
        var start = body.AsSpan(at).IndexOfAny((byte)':', (byte)',', (byte)'[');
        if (start < 0)
        {
            return body;
        }

        start += at + 1;
        var length = body.AsSpan(start).IndexOfAny((byte)',', (byte)']', (byte)'}');
        return length < 0 ? body : [.. body[..start], .. Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]), .. body[(start + length)..]];
    }
}
