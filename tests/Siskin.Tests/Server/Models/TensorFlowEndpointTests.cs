using System.Net;
using System.Text;
using System.Text.Json;
using Siskin.Inference.Registry;

namespace Siskin.Tests.Server.Models;

/// <summary>The examples of TensorFlow Serving's document, and what its program does beside them.</summary>
public sealed class TensorFlowEndpointTests : IAsyncLifetime
{
    private readonly FakeModelServer _models = TestModels.WithFailures();
    private ServerFixture _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerFixture.StartAsync(models: _models);

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, _models.Held);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Status_is_the_documents() => await AnswersAsync(
        "/v1/models/half_plus_three",
        """{"model_version_status":[{"version":"123","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}]}""");

    [Fact]
    public async Task Status_tells_of_all_versions_or_of_one()
    {
        const string Newest = """{"version":"3","state":"END","status":{"error_code":"UNKNOWN","error_message":"model.onnx: no such operator"}}""";
        const string Second = """{"version":"2","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}""";
        const string First = """{"version":"1","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}""";
        await AnswersAsync("/v1/models/half_plus_two", $$"""{"model_version_status":[{{Newest}},{{Second}},{{First}}]}""");
        await AnswersAsync("/v1/models/half_plus_two/versions/3", $$"""{"model_version_status":[{{Newest}}]}""");
        await AnswersAsync("/v1/models/half_plus_two/labels/stable", $$"""{"model_version_status":[{{Second}}]}""");
        await AnswersAsync("/v1/models/half_plus_two/labels/old", $$"""{"model_version_status":[{{First}}]}""");
        await RefusesAsync(HttpStatusCode.NotFound, "/v1/models/half_plus_two/versions/4", "Could not find version 4 of model half_plus_two");
        await RefusesAsync(HttpStatusCode.NotFound, "/v1/models/half_plus_two/labels/none", "Unrecognized servable version label: none");
        await RefusesAsync(HttpStatusCode.BadRequest, "/v1/models/half_plus_two/versions/two", "Failed to convert version: two to numeric.");
        await RefusesAsync(HttpStatusCode.NotFound, "/v1/models/half", "Servable not found for request: Latest(half)");
    }

    [Fact]
    public async Task Metadata_has_the_form_of_the_signature_definition()
    {
        const string Tensor = """{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""}],"unknown_rank":false},"name":"NAME"}""";
        await AnswersAsync("/v1/models/half_plus_three/metadata", """
            {"model_spec":{"name":"half_plus_three","signature_name":"","version":"123"},
             "metadata":{"signature_def":{"signature_def":{"serving_default":{
               "inputs":{"x":TENSOR_x},
               "outputs":{"y":TENSOR_y},
               "method_name":"tensorflow/serving/predict"}}}}}
            """.Replace("TENSOR_x", Tensor.Replace("NAME", "x")).Replace("TENSOR_y", Tensor.Replace("NAME", "y")));
        await AnswersAsync("/v1/models/echo2_bytes/versions/1/metadata", """
            {"model_spec":{"name":"echo2_bytes","signature_name":"","version":"1"},
             "metadata":{"signature_def":{"signature_def":{"serving_default":{
               "inputs":{"x":{"dtype":"DT_STRING","tensor_shape":{"dim":[{"size":"-1","name":""},{"size":"-1","name":""}],"unknown_rank":false},"name":"x"}},
               "outputs":{"x":{"dtype":"DT_STRING","tensor_shape":{"dim":[{"size":"-1","name":""},{"size":"-1","name":""}],"unknown_rank":false},"name":"x"}},
               "method_name":"tensorflow/serving/predict"}}}}}
            """);
    }

    [Fact]
    public async Task Predict_answers_rows_and_columns_as_the_document_does()
    {
        const string Model = "/v1/models/half_plus_three:predict";
        Assert.Equal("""{"predictions":[3.5,4.0,5.5]}""", await TextAsync(Model, """{"instances": [1.0,2.0,5.0]}"""));
        Assert.Equal("""{"outputs":[3.5,4.0,5.5]}""", await TextAsync(Model, """{"inputs": [1.0,2.0,5.0]}"""));
        Assert.Equal("""{"outputs":[3.5,4.0,5.5]}""", await TextAsync(Model, """{"inputs": {"x": [1.0,2.0,5.0]}}"""));
        Assert.Equal("""{"predictions":[3.5,4.0,5.5]}""", await TextAsync(Model, """{"instances": [{"x": 1.0},{"x": 2},{"x":5e0}], "signature_name": "serving_default", "more": {"a": [1, {}]}}"""));
    }

    [Fact]
    public async Task Versions_and_labels_lead_to_their_models()
    {
        const string Body = """{"instances":[0]}""";
        Assert.Equal("""{"predictions":[200.0]}""", await TextAsync("/v1/models/half_plus_two:predict", Body));
        Assert.Equal("""{"predictions":[2.0]}""", await TextAsync("/v1/models/half_plus_two/versions/1:predict", Body));
        Assert.Equal("""{"predictions":[2.0]}""", await TextAsync("/v1/models/half_plus_two/labels/old:predict", Body));
        Assert.Equal("""{"predictions":[200.0]}""", await TextAsync("/v1/models/half_plus_two/labels/stable:predict", Body));
        await RefusesAsync(HttpStatusCode.NotFound, "/v1/models/half_plus_two/versions/3:predict", "Servable not found for request: Specific(half_plus_two, 3)", Body);
        await RefusesAsync(HttpStatusCode.NotFound, "/v1/models/half:predict", "Servable not found for request: Latest(half)", """{"instances": [1.0,5.0]}""");
    }

    [Fact]
    public async Task Several_inputs_travel_as_rows_of_objects_or_as_columns()
    {
        // The document's example, without the bracket that it has too many.
        await AnswersAsync(
            "/v1/models/sensors:predict",
            """
            {"predictions":[
              {"tag":"foo","signal":[1,2,3,4,5],"sensor":[[1.0,2.0],[3.0,4.0]]},
              {"tag":"bar","signal":[3,4,1,2,5],"sensor":[[4.0,5.0],[6.0,8.0]]}]}
            """,
            """
            {"instances": [
              {"tag": "foo", "signal": [1, 2, 3, 4, 5], "sensor": [[1, 2], [3, 4]]},
              {"sensor": [[4, 5], [6, 8]], "tag": "bar", "signal": [3, 4, 1, 2, 5]}]}
            """);
        await AnswersAsync(
            "/v1/models/sensors:predict",
            """{"outputs":{"tag":["foo","bar"],"signal":[[1,2,3,4,5],[3,4,1,2,5]],"sensor":[[[1.0,2.0],[3.0,4.0]],[[4.0,5.0],[6.0,8.0]]]}}""",
            """
            {"inputs": {"tag": ["foo", "bar"], "signal": [[1, 2, 3, 4, 5], [3, 4, 1, 2, 5]],
              "sensor": [[[1, 2], [3, 4]], [[4, 5], [6, 8]]], "nobody": "asked"}}
            """);
    }

    [Theory]
    [InlineData("echo_float32", "[1.0,-3.14,Nan,Infinity]", "[1.0,-3.14,NaN,Infinity]")]
    [InlineData("echo_float64", "[-Infinity,NaN,1e300,5e-324,0.1]", "[-Infinity,NaN,1E+300,5E-324,0.1]")]
    [InlineData("echo_float16", "[0.1,65504,-0.0]", "[0.1,65504.0,-0.0]")]
    [InlineData("echo_float32", "[16777216,16777218,0.1,3.4028235e38]", "[16777216.0,16777218.0,0.1,3.4028235E+38]")]
    [InlineData("echo_int64", "[9223372036854775807,-9223372036854775808,-0]", "[9223372036854775807,-9223372036854775808,0]")]
    [InlineData("echo_uint64", "[18446744073709551615,0]", "[18446744073709551615,0]")]
    [InlineData("echo_int8", "[-128,127]", "[-128,127]")]
    [InlineData("echo_uint8", "[0,255]", "[0,255]")]
    [InlineData("echo_int16", "[-32768,32767]", "[-32768,32767]")]
    [InlineData("echo_uint16", "[65535]", "[65535]")]
    [InlineData("echo_int32", "[-2147483648,2147483647]", "[-2147483648,2147483647]")]
    [InlineData("echo_uint32", "[4294967295]", "[4294967295]")]
    [InlineData("echo_bool", "[true,false]", "[true,false]")]
    [InlineData("echo_bytes", """["foo","é\u00e9\n\ud83d\ude00\/",""]""", """["foo","éé\n😀/",""]""")]
    [InlineData("echo_bytes", """[{"b64":"aGk="},{"b64":"aGk"},"x"]""", """["hi","hi","x"]""")]
    [InlineData("echo_bytes", """[{"b64":"/w\/+"}]""", """[{"b64":"/w/+"}]""")]
    [InlineData("image", """[{"b64":"aW1hZ2UgYnl0ZXM="},"text"]""", """[{"b64":"aW1hZ2UgYnl0ZXM="},{"b64":"dGV4dA=="}]""")]
    [InlineData("echo2_int32", "[[1,2,3],[4,5,6]]", "[[1,2,3],[4,5,6]]")]
    [InlineData("echo2_int32", "[[],[]]", "[[],[]]")]
    public async Task Values_come_back_as_they_were_sent(string model, string sent, string expected)
    {
        Assert.Equal($$"""{"predictions":{{expected}}}""", await TextAsync($"/v1/models/{model}:predict", $$"""{"instances":{{sent}}}"""));
        Assert.Equal($$"""{"outputs":{{expected}}}""", await TextAsync($"/v1/models/{model}:predict", $$"""{"inputs":{{sent}}}"""));
    }

    [Theory]
    [InlineData("echo_float32", """{"instances":["1"]}""", "'x': JSON Value: \"1\" Type: String is not of expected type: float")]
    [InlineData("echo_float32", """{"instances":[null]}""", "'x': JSON Value: Type: Null is not of expected type: float")]
    [InlineData("echo_float32", """{"instances":[true]}""", "'x': JSON Value: Type: True is not of expected type: float")]
    [InlineData("echo_float32", """{"instances":[1e39]}""", "'x': Cannot convert JSON value: 1e39 to float without loss of precision.")]
    [InlineData("echo_float32", """{"instances":[16777217]}""", "'x': Cannot convert JSON value: 16777217 to float without loss of precision.")]
    [InlineData("echo_float64", """{"instances":[9007199254740993]}""", "'x': Cannot convert JSON value: 9007199254740993 to double without loss of precision.")]
    [InlineData("echo_float64", """{"instances":[1e999]}""", "'x': Cannot convert JSON value: 1e999 to double without loss of precision.")]
    [InlineData("echo_float16", """{"instances":[65520.0]}""", "'x': Cannot convert JSON value: 65520.0 to half without loss of precision.")]
    [InlineData("echo_int32", """{"instances":[1.0]}""", "'x': JSON Value: 1.0 Type: Number is not of expected type: int32")]
    [InlineData("echo_int32", """{"instances":[2147483648]}""", "'x': JSON Value: 2147483648 Type: Number is not of expected type: int32")]
    [InlineData("echo_int64", """{"instances":[9223372036854775808]}""", "'x': JSON Value: 9223372036854775808 Type: Number is not of expected type: int64")]
    [InlineData("echo_int64", """{"instances":[-9223372036854775809]}""", "'x': JSON Value: -9223372036854775809 Type: Number is not of expected type: int64")]
    [InlineData("echo_uint64", """{"instances":[18446744073709551616]}""", "'x': JSON Value: 18446744073709551616 Type: Number is not of expected type: uint64")]
    [InlineData("echo_uint8", """{"instances":[-1]}""", "'x': JSON Value: -1 Type: Number is not of expected type: uint8")]
    [InlineData("echo_int8", """{"instances":[128]}""", "'x': JSON Value: 128 Type: Number is not of expected type: int8")]
    [InlineData("echo_bool", """{"instances":[1]}""", "'x': JSON Value: 1 Type: Number is not of expected type: bool")]
    [InlineData("echo_bytes", """{"instances":[1]}""", "'x': JSON Value: 1 Type: Number is not of expected type: string")]
    [InlineData("echo_bytes", """{"instances":[{"b64":"!"}]}""", "'x': Unable to base64 decode \"!\"")]
    [InlineData("echo_bytes", """{"instances":["\ud800"]}""", "half of a surrogate pair")]
    [InlineData("echo2_int32", """{"instances":[[1,2],[3]]}""", "'x': Encountered list at unexpected size: 1 at level: 1 expected size: 2")]
    [InlineData("echo2_int32", """{"instances":[[1,2],3]}""", "'x': a value stands at level 1; others at level 2")]
    [InlineData("echo2_int32", """{"instances":[1,[2]]}""", "'x': Encountered list at unexpected level: 1 expected < 1")]
    [InlineData("echo2_int32", """{"instances":[1,2]}""", "'x' has the shape [2]; the model takes [-1,-1]")]
    [InlineData("echo_int32", """{"instances":[]}""", "No values in 'instances' array")]
    [InlineData("echo_int32", """{"instances":5}""", "Excepting 'instances' to be an list/array")]
    [InlineData("echo_int32", """{"instances":[1],"inputs":[1]}""", "expecting only one of 'inputs' or 'instances' keys to exist")]
    [InlineData("echo_int32", """{"signature_name":"serving_default"}""", "Missing 'inputs' or 'instances' key")]
    [InlineData("echo_int32", """{"signature_name":"mine","instances":[1]}""", "Serving signature name: \"mine\" not found in signature def")]
    [InlineData("echo_int32", """{"signature_name":1,"instances":[1]}""", "'signature_name' key must be a string value.")]
    [InlineData("echo_int32", """{"instances":[{"z":1}]}""", "does not have named input: z")]
    [InlineData("echo_int32", """{"instances":[{"x":1,"x":2}]}""", "the key is there twice")]
    [InlineData("echo_int32", """{"instances":[{"x":1},2]}""", "Expecting object but got a value or list at item 1 of input list")]
    [InlineData("echo_int32", """{"instances":[1,{"x":2}]}""", "Type: Object is not of expected type: int32")]
    [InlineData("sensors", """{"instances":[{"tag":"a","signal":[1,2,3,4,5]}]}""", "keys must be equal to: tag,signal,sensor")]
    [InlineData("sensors", """{"instances":["a"]}""", "instances is a plain list, but expecting list of objects")]
    [InlineData("sensors", """{"inputs":["a"]}""", "inputs is a plain value/list, but expecting an object")]
    [InlineData("sensors", """{"inputs":{"tag":["a"]}}""", "Missing named input: signal in 'inputs' object.")]
    [InlineData("uneven", """{"instances":[1]}""", "Tensor name: b has inconsistent batch size: 7 expecting: 1")]
    [InlineData("echo_int32", "", "JSON Parse error: the document is empty at offset: 0")]
    [InlineData("echo_int32", "[]", "Expecting the body to be an object, but got: Array")]
    [InlineData("echo_int32", """{"instances":[1]} x""", "there is text behind the end")]
    [InlineData("echo_int32", """{"instances":[1,]}""", "JSON Parse error: a value is none at offset: 16")]
    [InlineData("echo_int32", """{"instances":[01]}""", "a number begins with 0")]
    [InlineData("echo_int32", """{"instances":[1""", "the document ends too early")]
    public async Task What_is_wrong_is_refused_with_the_reason(string model, string body, string error) =>
        await RefusesAsync(HttpStatusCode.BadRequest, $"/v1/models/{model}:predict", error, body);

    [Fact]
    public async Task Lists_nest_only_so_deep() =>
        await RefusesAsync(HttpStatusCode.BadRequest, "/v1/models/echo_int32:predict", "deeper than 64", $$"""{"instances":{{new string('[', 100_000)}}""");

    [Fact]
    public async Task A_single_value_has_no_dimensions()
    {
        Assert.Equal("""{"outputs":1.5}""", await TextAsync("/v1/models/scalar:predict", """{"inputs":1.5}"""));
        Assert.Equal("""{"outputs":1.5}""", await TextAsync("/v1/models/scalar:predict", """{"inputs":{"x":1.5}}"""));
        await RefusesAsync(HttpStatusCode.BadRequest, "/v1/models/scalar:predict", "'x' has the shape [1]; the model takes []", """{"instances":[1.5]}""");
    }

    [Fact]
    public async Task Classify_gives_labels_and_scores_to_each_example()
    {
        const string Examples = """[{"image":{"b64":"aW1hZ2UgYnl0ZXM="},"caption":"seaside"},{"image":{"b64":"YXdlc29tZSBpbWFnZSBieXRlcw=="},"caption":"mountains"}]""";
        const string Expected = """{"results":[[["seaside",11.0],["",-11.0]],[["mountains",19.0],["",-19.0]]]}""";
        Assert.Equal(Expected, await TextAsync("/v1/models/captions:classify", $$"""{"signature_name":"tensorflow/serving/classify","examples":{{Examples}}}"""));
        Assert.Equal(Expected, await TextAsync("/v1/models/captions/versions/1:classify", $$"""{"examples":{{Examples}}}"""));
        await RefusesAsync(HttpStatusCode.BadRequest, "/v1/models/captions:classify", "Serving signature name: \"classify_objects\" not found", $$"""{"signature_name":"classify_objects","examples":{{Examples}}}""");
    }

    [Fact]
    public async Task Classes_without_labels_are_called_by_their_numbers()
    {
        Assert.Equal("""{"results":[[["0",0.5],["1",0.25],["2",0.125]]]}""", await TextAsync("/v1/models/three:classify", """{"examples":[{"v":[0.5,0.25,0.125]}]}"""));
        Assert.Equal("""{"results":[[["0",0.75],["1",0.25]],[["0",0.0],["1",1.0]]]}""", await TextAsync("/v1/models/one:classify", """{"examples":[{"v":[0.25]},{"v":1}]}"""));
    }

    [Fact]
    public async Task Regress_gives_a_number_to_each_example() => Assert.Equal(
        """{"results":[3.5,4.0]}""",
        await TextAsync("/v1/models/half_plus_three:regress", """{"signature_name": "tensorflow/serving/regress", "examples": [{"x": 1.0}, {"x": 2.0}]}"""));

    [Theory]
    [InlineData("""{"context":{"caption":"both"},"examples":[{"image":"a"},{"image":"bc"}]}""")]
    [InlineData("""{"examples":[{"image":["a"]},{"image":"bc","unknown":[1,2]}],"context":{"caption":["both"]}}""")]
    public async Task A_context_is_shared_by_all_examples(string body) =>
        Assert.Equal("""{"results":[[["both",1.0],["",-1.0]],[["both",2.0],["",-2.0]]]}""", await TextAsync("/v1/models/captions:classify", body));

    [Theory]
    [InlineData("captions", """{"context":{"caption":"c"},"examples":[{"image":"a","caption":"d"}]}""", "appears in both the context and in examples")]
    [InlineData("captions", """{"examples":[{"image":"a"}]}""", "Feature: caption is required but could not be found")]
    [InlineData("captions", """{"examples":[{"image":"a"},{"image":"b","caption":"c","caption":"d"}]}""", "Feature: caption is there twice in one example")]
    [InlineData("captions", """{"examples":[{"image":["a","b"],"caption":"c"}]}""", "Feature: image has 2 values in each example; the model takes [-1]")]
    [InlineData("captions", """{"examples":[{"image":"a","caption":"c"},{"image":["a","b"],"caption":"c"}]}""", "Feature: image has 2 values in example 1, 1 in those before")]
    [InlineData("captions", """{"examples":[]}""", "'examples' value is an empty array")]
    [InlineData("captions", """{"examples":{}}""", "Expecting 'examples' value to be an list/array")]
    [InlineData("captions", """{"examples":[1]}""", "Example must be JSON object but got JSON Number")]
    [InlineData("captions", """{}""", "key 'examples' is expected and was not found")]
    [InlineData("captions", """{"examples":[{"image":[["a"]],"caption":"c"}]}""", "'image': JSON Value: Type: Array is not of expected type: string")]
    [InlineData("echo_int32", """{"examples":[{"x":1}]}""", "Expected a classification")]
    public async Task Wrong_examples_are_refused_with_the_reason(string model, string body, string error) =>
        await RefusesAsync(HttpStatusCode.BadRequest, $"/v1/models/{model}:classify", error, body);

    [Fact]
    public async Task A_large_context_is_not_multiplied_without_end()
    {
        var context = string.Join(',', Enumerable.Repeat("1", 100_000));
        var examples = string.Join(',', Enumerable.Repeat("{}", 10_000));
        await RefusesAsync(HttpStatusCode.BadRequest, "/v1/models/three:classify", "which is more than", $$$"""{"context":{"v":[{{{context}}}]},"examples":[{{{examples}}}]}""");
    }

    [Fact]
    public async Task Errors_have_the_statuses_of_the_protocol()
    {
        var statuses = new Dictionary<ServableError, int>
        {
            [ServableError.InvalidArgument] = 400,
            [ServableError.FailedPrecondition] = 400,
            [ServableError.OutOfRange] = 400,
            [ServableError.Unauthenticated] = 401,
            [ServableError.PermissionDenied] = 403,
            [ServableError.NotFound] = 404,
            [ServableError.AlreadyExists] = 409,
            [ServableError.Aborted] = 409,
            [ServableError.ResourceExhausted] = 429,
            [ServableError.Unimplemented] = 501,
            [ServableError.Unavailable] = 503,
            [ServableError.DeadlineExceeded] = 504,
            [ServableError.Internal] = 500,
        };
        foreach (var error in Enum.GetValues<ServableError>())
        {
            await RefusesAsync((HttpStatusCode)statuses[error], $"/v1/models/fails_{(int)error}:predict", $"because of {error}", """{"instances":[1]}""");
        }
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("offline")]
    [InlineData("impatient")]
    public async Task A_model_that_breaks_is_a_server_error_that_tells_no_secrets(string model)
    {
        var (status, body) = await _server.PostAsync($"/v1/models/{model}:predict", """{"instances":[1]}""");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith($"The model '{model}' failed; the server's log tells more under urn:uuid:", body.GetProperty("error").GetString());
        Assert.DoesNotContain("secret", body.GetRawText());
    }

    [Fact]
    public async Task Any_content_type_is_read_as_json()
    {
        foreach (var type in new[] { "application/x-www-form-urlencoded", "text/plain", "" })
        {
            var (status, _) = await _server.PostAsync("/v1/models/half_plus_two:predict", """{"instances":[1]}""", type);
            Assert.Equal(HttpStatusCode.OK, status);
        }
    }

    private async Task<string> TextAsync(string path, string body)
    {
        using var response = await _server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        return text;
    }

    private async Task AnswersAsync(string path, string expected, string? body = null)
    {
        var (status, answer) = body is null ? await _server.GetAsync(path) : await _server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), answer), answer.GetRawText());
    }

    private async Task RefusesAsync(HttpStatusCode expected, string path, string error, string? body = null)
    {
        var (status, answer) = body is null ? await _server.GetAsync(path) : await _server.PostAsync(path, body);
        Assert.Equal(expected, status);
        Assert.Equal(["error"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Contains(error, answer.GetProperty("error").GetString());
    }
}
