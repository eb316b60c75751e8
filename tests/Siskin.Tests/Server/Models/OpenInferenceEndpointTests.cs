using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Siskin.Inference.Registry;

namespace Siskin.Tests.Server.Models;

/// <summary>The examples of the Open Inference Protocol and of Triton's extensions.</summary>
public sealed class OpenInferenceEndpointTests : IAsyncLifetime
{
    private const string Header = "Inference-Header-Content-Length";

    private readonly FakeModelServer _models = TestModels.Server();
    private ServerFixture _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerFixture.StartAsync(models: _models);

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, _models.Held);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_server_tells_its_name_version_and_extensions()
    {
        var (status, body) = await _server.GetAsync("/v2");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("siskin", body.GetProperty("name").GetString());
        Assert.Matches("^[0-9]+\\.[0-9]+", body.GetProperty("version").GetString());
        Assert.Equal(["binary_tensor_data", "model_repository", "statistics"], body.GetProperty("extensions").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task The_server_is_ready_unless_a_model_is_loading_or_failed()
    {
        await AnswersAsync("/v2/health/live", """{"live":true}""");
        await AnswersAsync("/v2/health/ready", """{"live":true,"ready":true}""");
        _models.Add("gone", null, 1, ServableState.End);
        await AnswersAsync("/v2/health/ready", """{"live":true,"ready":true}""");
        _models.Add("slow", null, 1, ServableState.Loading);
        await AnswersAsync("/v2/health/ready", """{"live":false,"ready":false}""", HttpStatusCode.ServiceUnavailable);
        await AnswersAsync("/v2/models/slow/ready", """{"name":"slow","ready":false}""", HttpStatusCode.ServiceUnavailable);
        await AnswersAsync("/v2/models/half_plus_two/ready", """{"name":"half_plus_two","ready":true}""");
        await AnswersAsync("/v2/models/half_plus_two/versions/1/ready", """{"name":"half_plus_two","ready":true}""");
        await AnswersAsync("/v2/models/half_plus_two/versions/3/ready", """{"name":"half_plus_two","ready":false}""", HttpStatusCode.ServiceUnavailable);
        await AnswersAsync("/v2/models/none/ready", """{"error":"Servable not found for request: Latest(none)"}""", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metadata_of_a_model_has_the_documents_form()
    {
        await AnswersAsync("/v2/models/mymodel", """
            {"name":"mymodel","versions":["1"],"platform":"test",
             "inputs":[{"name":"input0","datatype":"UINT32","shape":[2,2]},{"name":"input1","datatype":"BOOL","shape":[3]}],
             "outputs":[{"name":"output0","datatype":"FP32","shape":[3,2]},{"name":"output1","datatype":"BOOL","shape":[3]}]}
            """);
        await AnswersAsync("/v2/models/half_plus_two/versions/1", """
            {"name":"half_plus_two","versions":["2","1"],"platform":"test",
             "inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}
            """);
        await AnswersAsync("/v2/models/half_plus_two/versions/one", """{"error":"Failed to convert version: one to numeric."}""", HttpStatusCode.BadRequest);
    }

    // The document's example, with three values for the three that its second shape needs.
    [Theory]
    [InlineData("[1,2,3,4]")]
    [InlineData("[[1,2],[3,4]]")]
    public async Task The_documents_request_is_answered_as_it_says(string data) => await AnswersAsync(
        "/v2/models/mymodel/infer",
        """{"model_name":"mymodel","model_version":"1","id":"42","outputs":[{"name":"output0","datatype":"FP32","shape":[3,2],"data":[1.0,1.1,2.0,2.1,3.0,3.1]}]}""",
        body: $$"""
        {"id" : "42", "inputs" : [
          {"name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32", "data" : {{data}}},
          {"name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL", "data" : [ true, false, true ]}],
         "outputs" : [{"name" : "output0"}]}
        """);

    [Fact]
    public async Task Members_may_come_in_any_order_and_unknown_ones_are_passed_over() => await AnswersAsync(
        "/v2/models/mymodel/versions/1/infer",
        """{"model_name":"mymodel","model_version":"1","outputs":[{"name":"output1","datatype":"BOOL","shape":[3],"data":[true,false,true]}]}""",
        body: """
        {"outputs":[{"parameters":{"binary_data":false},"name":"output1","x":[]}],"timeout":{"a":[1]},
         "inputs":[{"data":[true,false,true],"shape":[3],"datatype":"BOOL","name":"input1"},
                   {"parameters":{"any":"thing"},"datatype":"UINT32","data":[[1,2],[3,4]],"name":"input0","shape":[2,2]}]}
        """);

    [Theory]
    [InlineData("BOOL", "bool", "[true,false]")]
    [InlineData("UINT8", "uint8", "[0,255]")]
    [InlineData("UINT16", "uint16", "[0,65535]")]
    [InlineData("UINT32", "uint32", "[0,4294967295]")]
    [InlineData("UINT64", "uint64", "[0,18446744073709551615]")]
    [InlineData("INT8", "int8", "[-128,127]")]
    [InlineData("INT16", "int16", "[-32768,32767]")]
    [InlineData("INT32", "int32", "[-2147483648,2147483647]")]
    [InlineData("INT64", "int64", "[-9223372036854775808,9223372036854775807]")]
    [InlineData("FP16", "float16", "[0.5,65504.0]")]
    [InlineData("FP32", "float32", "[0.1,1E-45]")]
    [InlineData("FP64", "float64", "[0.1,5E-324]")]
    [InlineData("BYTES", "bytes", """["tea","é"]""")]
    public async Task Every_type_comes_back_in_json_and_in_bytes(string datatype, string model, string data)
    {
        var expected = $$"""{"model_name":"echo_{{model}}","model_version":"1","outputs":[{"name":"x","datatype":"{{datatype}}","shape":[2],"data":{{data}}}]}""";
        var path = $"/v2/models/echo_{model}/infer";
        var text = await SendAsync(path, $$"""{"inputs":[{"name":"x","shape":[2],"datatype":"{{datatype}}","data":{{data}}}]}""", []);
        Assert.Equal(expected, Encoding.UTF8.GetString(text.Body));

        // Once more as bytes out, and those bytes back in.
        var binary = await SendAsync(path, $$$"""{"inputs":[{"name":"x","shape":[2],"datatype":"{{{datatype}}}","data":{{{data}}}}],"outputs":[{"name":"x","parameters":{"binary_data":true}}]}""", []);
        var bytes = binary.Body[binary.JsonLength!.Value..];
        Assert.Equal(
            $$$"""{"model_name":"echo_{{{model}}}","model_version":"1","outputs":[{"name":"x","datatype":"{{{datatype}}}","shape":[2],"parameters":{"binary_data_size":{{{bytes.Length}}}}}]}""",
            Encoding.UTF8.GetString(binary.Body, 0, binary.JsonLength.Value));
        var back = await SendAsync(path, $$$"""{"inputs":[{"name":"x","shape":[2],"datatype":"{{{datatype}}}","parameters":{"binary_data_size":{{{bytes.Length}}}}}]}""", bytes);
        Assert.Equal(expected, Encoding.UTF8.GetString(back.Body));
    }

    [Fact]
    public async Task The_example_of_binary_data_is_answered_as_its_document_says()
    {
        const string Json = """
            {"model_name" : "mymodel", "inputs" : [
              {"name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32", "parameters" : {"binary_data_size" : 16}},
              {"name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL", "parameters" : {"binary_data_size" : 3}}],
             "outputs" : [{"name" : "output0", "parameters" : {"binary_data" : true}}]}
            """;
        byte[] binary = [.. new byte[16], 1, 0, 1];
        var answer = await SendAsync("/v2/models/mymodel/infer", Json, binary);
        Assert.Equal("application/octet-stream", answer.Type);
        var values = Enumerable.Range(0, 6).Select(i => BinaryPrimitives.ReadSingleLittleEndian(answer.Body.AsSpan(answer.JsonLength!.Value + (4 * i))));
        Assert.Equal([1f, 1.1f, 2f, 2.1f, 3f, 3.1f], values);
        Assert.Equal(answer.JsonLength + 24, answer.Body.Length);

        // All outputs, but for one that is excepted; bytes come in the order of the outputs.
        var mixed = await SendAsync(
            "/v2/models/mymodel/infer",
            Json.Replace("\"inputs\" :", "\"parameters\":{\"binary_data_output\":true},\"inputs\" :").Replace("\"outputs\" : [{\"name\" : \"output0\", \"parameters\" : {\"binary_data\" : true}}]", "\"outputs\":[{\"name\":\"output1\"},{\"name\":\"output0\",\"parameters\":{\"binary_data\":false}}]"),
            binary);
        Assert.Equal([1, 0, 1], mixed.Body[mixed.JsonLength!.Value..]);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_travel_as_base64()
    {
        const string Answer = """{"model_name":"echo_bytes","model_version":"1","outputs":[{"name":"x","datatype":"BYTES","shape":[2],"parameters":{"content_type":"base64"},"data":["/w==","dGVh"]}]}""";
        await AnswersAsync("/v2/models/echo_bytes/infer", Answer, body: """{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","data":["/w==","dGVh"],"parameters":{"content_type":"base64"}}]}""");
        await AnswersAsync(
            "/v2/models/echo_bytes/infer",
            Answer.Replace("/w==", "dGVh"),
            body: """{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","data":["tea","tea"]}],"outputs":[{"name":"x","parameters":{"content_type":"base64"}}]}""");
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1]}]}""", "'x' has the shape [2], which are 2 values; its data has 1 in [1]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[[1],[2]]}]}""", "its data has 2 in [2,1]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1,2]}]}""", "'x' has the shape [2,1]; the model takes [-1]")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"INT32","data":[1]}]}""", "'x' is of type Int32; the model takes Float32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FLOAT","data":[1]}]}""", "inputs[0] has the datatype 'FLOAT', which is unknown or not supported")]
    [InlineData("""{"inputs":[{"name":"z","shape":[1],"datatype":"FP32","data":[1]}]}""", "the input 'x' is missing")]
    [InlineData("""{"inputs":[{"shape":[1],"datatype":"FP32","data":[1]}]}""", "inputs[0] has no 'name'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","data":[1]}]}""", "inputs[0] has no 'shape'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"data":[1]}]}""", "inputs[0] has no 'datatype'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32"}]}""", "'x' has no 'data'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[-1],"datatype":"FP32","data":[1]}]}""", "is not of expected type: uint64")]
    [InlineData("""{"inputs":[{"name":"x","shape":[9000000000,9000000000],"datatype":"FP32","data":[1]}]}""", "is not one that an array can have")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1000000000,0],"datatype":"FP32","data":[]}]}""", "too large for a tensor without values")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":["1"]}]}""", "'x': JSON Value: \"1\" Type: String is not of expected type: float")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1],"datatype":"INT32"}]}""", "twice")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4}}]}""", "'x' has both 'data' and 'binary_data_size'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""", "but 0 bytes are left behind the JSON")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":"4"}}]}""", "'binary_data_size': JSON Value: \"4\"")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}],"outputs":[{"name":"z"}]}""", "the model has no output 'z'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}],"outputs":[{"name":"y"},{"name":"y"}]}""", "the output 'y' is asked for twice")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}],"outputs":[{"name":"y","parameters":{"classification":2}}]}""", "the parameter 'classification' is not supported")]
    [InlineData("""{"inputs":{}}""", "'inputs' must be a list, but got: Object")]
    [InlineData("""{"id":1,"inputs":[]}""", "'id' must be a string, but got: Number")]
    [InlineData("""{"outputs":[]}""", "'inputs' is missing")]
    [InlineData("""{""", "JSON Parse error: the document ends too early at offset: 1")]
    public async Task What_is_wrong_is_refused_with_the_reason(string body, string error)
    {
        var (status, answer) = await _server.PostAsync("/v2/models/half_plus_two/infer", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["error"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Contains(error, answer.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("20", "the JSON is said to have 20 bytes of a body of")]
    [InlineData("-1", "is no number")]
    [InlineData("0", "the JSON is said to have 0 bytes")]
    public async Task A_wrong_length_of_the_json_is_refused(string length, string error)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/half_plus_two/infer") { Content = new ByteArrayContent("{\"inputs\":[]}"u8.ToArray()) };
        request.Headers.Add(Header, length);
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":8}}]}""", new byte[] { 9, 0, 0, 0, 1, 1, 1, 1 }, "'x': the data ends within value 0 of 2")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":8}}]}""", new byte[] { 255, 255, 255, 255, 1, 1, 1, 1 }, "ends within value 0")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6}}]}""", new byte[] { 1, 0, 0, 0, 1, 1 }, "'x' has 1 bytes of data behind its 1 values")]
    [InlineData("""{"inputs":[{"name":"x","shape":[900000000],"datatype":"BYTES","parameters":{"binary_data_size":4}}]}""", new byte[] { 0, 0, 0, 0 }, "need 4 for the length of each")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"INT16","parameters":{"binary_data_size":3}}]}""", new byte[] { 1, 0, 0 }, "needs 4")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"INT8","parameters":{"binary_data_size":1}}]}""", new byte[] { 1, 2 }, "1 bytes behind the JSON belong to no input")]
    public async Task Wrong_bytes_are_refused_with_the_reason(string json, byte[] binary, string error)
    {
        using var response = await PostAsync("/v2/models/echo_bytes/infer", json, binary);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Whole_numbers_are_rounded_where_the_type_has_no_place_for_them() => Assert.Equal(
        """{"model_name":"echo_float32","model_version":"1","outputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[16777216.0]}]}""",
        Encoding.UTF8.GetString((await SendAsync("/v2/models/echo_float32/infer", """{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[16777217]}]}""", [])).Body));

    [Fact]
    public async Task The_index_lists_versions_and_their_states()
    {
        _models.Add("gone", null, 1, ServableState.End).Add("slow", null, 1, ServableState.Loading);
        var (_, all) = await _server.PostAsync("/v2/repository/index", string.Empty);
        var entries = all.EnumerateArray().Select(e => e.GetRawText()).ToArray();
        Assert.Contains("""{"name":"half_plus_two","version":"3","state":"UNAVAILABLE","reason":"model.onnx: no such operator"}""", entries);
        Assert.Contains("""{"name":"half_plus_two","version":"2","state":"READY","reason":""}""", entries);
        Assert.Contains("""{"name":"gone","version":"1","state":"UNAVAILABLE","reason":"unloaded"}""", entries);
        Assert.Contains("""{"name":"slow","version":"1","state":"LOADING","reason":""}""", entries);
        var (_, ready) = await _server.PostAsync("/v2/repository/index", """{"ready":true}""");
        Assert.All(ready.EnumerateArray(), e => Assert.Equal("READY", e.GetProperty("state").GetString()));
        Assert.Equal(entries.Count(e => e.Contains("READY")), ready.GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.PostAsync("/v2/repository/index", """{"ready":1}""")).Status);
    }

    [Fact]
    public async Task Models_are_loaded_and_unloaded()
    {
        foreach (var body in new[] { string.Empty, "{}", """{"parameters":{"unload_dependents":true}}""" })
        {
            Assert.Equal((HttpStatusCode.OK, default(JsonElement)), await _server.PostAsync("/v2/repository/models/one/unload", body));
            Assert.Equal((HttpStatusCode.OK, default(JsonElement)), await _server.PostAsync("/v2/repository/models/one/load", body));
        }

        Assert.Equal(["unload one", "load one", "unload one", "load one", "unload one", "load one"], _models.Calls);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.PostAsync("/v2/repository/models/none/load", "{}")).Status);
        var (status, refused) = await _server.PostAsync("/v2/repository/models/one/load", """{"parameters":{"config":"{}"}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("""{"error":"the parameter 'config' is not supported"}""", refused.GetRawText());
    }

    [Fact]
    public async Task Statistics_count_rows_runs_and_failures()
    {
        const string Body = """{"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[1,2,3]}]}""";
        await _server.PostAsync("/v2/models/half_plus_two/versions/1/infer", Body);
        await _server.PostAsync("/v2/models/half_plus_two/versions/1/infer", Body);
        await _server.PostAsync("/v2/models/half_plus_two/versions/1/infer", "{}");
        var (_, answer) = await _server.GetAsync("/v2/models/half_plus_two/versions/1/stats");
        var stats = answer.GetProperty("model_stats")[0];
        Assert.Equal("half_plus_two", stats.GetProperty("name").GetString());
        Assert.Equal("1", stats.GetProperty("version").GetString());
        Assert.Equal(6, stats.GetProperty("inference_count").GetInt64());
        Assert.Equal(2, stats.GetProperty("execution_count").GetInt64());
        Assert.True(stats.GetProperty("last_inference").GetInt64() > 1_700_000_000_000);
        var times = stats.GetProperty("inference_stats");
        Assert.Equal(["success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss"], times.EnumerateObject().Select(p => p.Name));
        Assert.Equal(2, times.GetProperty("success").GetProperty("count").GetInt64());
        Assert.Equal(1, times.GetProperty("fail").GetProperty("count").GetInt64());
        Assert.True(times.GetProperty("compute_infer").GetProperty("ns").GetInt64() > 0);
        Assert.Equal(2, (await _server.GetAsync("/v2/models/half_plus_two/stats")).Body.GetProperty("model_stats").GetArrayLength());
        Assert.True((await _server.GetAsync("/v2/models/stats")).Body.GetProperty("model_stats").GetArrayLength() > 20);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/v2/models/half_plus_two/versions/9/stats")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/v2/models/none/stats")).Status);
    }

    private async Task AnswersAsync(string path, string expected, HttpStatusCode expectedStatus = HttpStatusCode.OK, string? body = null)
    {
        var (status, answer) = body is null ? await _server.GetAsync(path) : await _server.PostAsync(path, body);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), answer), answer.GetRawText());
        Assert.Equal(expectedStatus, status);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string json, byte[] binary)
    {
        var head = Encoding.UTF8.GetBytes(json);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent([.. head, .. binary]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(binary.Length > 0 ? "application/octet-stream" : "application/json");
        if (binary.Length > 0)
        {
            request.Headers.Add(Header, head.Length.ToString());
        }

        return await _server.Client.SendAsync(request);
    }

    private async Task<(byte[] Body, int? JsonLength, string Type)> SendAsync(string path, string json, byte[] binary)
    {
        using var response = await PostAsync(path, json, binary);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(body));
        return (body, response.Headers.TryGetValues(Header, out var lengths) ? int.Parse(lengths.Single()) : null, response.Content.Headers.ContentType!.ToString());
    }
}
