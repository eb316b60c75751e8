using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Siskin.Data.Catalogue;
using Siskin.Inference.Protocols;
using Siskin.Server.Api;
using Siskin.Server.Api.Json;
using Siskin.Serving.Pipeline;
using Siskin.Tests.Server.Models;

namespace Siskin.Tests.Server;

/// <summary>Examples in docs/api.md and in the OpenAPI description go through the readers that requests go through.</summary>
public sealed partial class ApiDocumentTests
{
    private static readonly JsonElement Description = JsonElement.Parse(OpenApiDocument.Utf8.Span);

    [Fact]
    public void Every_example_of_the_document_is_read_without_errors()
    {
        var examples = Fence().Matches(File.ReadAllText(DocumentPath()));
        var kinds = new HashSet<string>();
        CatalogueSchema? schema = null;
        foreach (var example in examples.OrderByDescending(m => m.Groups["kind"].Value == "schema"))
        {
            var kind = example.Groups["kind"].Value;
            kinds.Add(kind);
            var json = Encoding.UTF8.GetBytes(example.Groups["text"].Value);
            schema = Read(kind, json, example.Groups["language"].Value == "ndjson", schema) ?? schema;
        }

        Assert.Superset(new HashSet<string> { "item", "user", "event", "events", "patch", "schema", "recommend", "scenes", "answer", "problem" }, kinds);
    }

    [Fact]
    public async Task The_description_has_the_routes_that_are_mapped()
    {
        await using var server = await ServerFixture.StartAsync();
        var mapped = server.MappedRoutes.OrderBy(r => r, StringComparer.Ordinal);
        var described = Description.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Where(m => m.Name != "parameters").Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}"))
            .OrderBy(r => r, StringComparer.Ordinal);
        Assert.Equal(mapped, described);
    }

    [Fact]
    public void The_description_has_the_properties_that_the_readers_know()
    {
        foreach (var (name, form) in new[]
        {
            ("Item", ItemJson.Form), ("User", UserJson.Form), ("Event", EventReader.Form), ("Schema", SchemaJson.Form),
            ("RecommendationRequest", RecommendReader.Form), ("Filter", RecommendReader.FilterForm),
        })
        {
            var schema = Description.GetProperty("components").GetProperty("schemas").GetProperty(name);
            Assert.Equal(form.Names, schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        }
    }

    [Fact]
    public void Every_operation_has_a_summary_and_every_body_an_example_that_is_read_without_errors()
    {
        var schema = CatalogueSchema.Default;
        foreach (var operation in Operations().OrderByDescending(o => o.Id == "putSchema"))
        {
            Assert.True(operation.Value.GetProperty("summary").GetString()!.Length > 5);
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("default", out _) || operation.Value.GetProperty("responses").EnumerateObject().Any());
            if (!operation.Value.TryGetProperty("requestBody", out var body))
            {
                continue;
            }

            foreach (var content in body.GetProperty("content").EnumerateObject())
            {
                var example = content.Value.GetProperty("example");
                var isLines = content.Name == "application/x-ndjson";
                var json = Encoding.UTF8.GetBytes(isLines ? example.GetString()! : example.GetRawText());
                schema = Read(KindOf(operation.Id), json, isLines, schema) ?? schema;
            }
        }
    }

    [Fact]
    public void Every_reference_of_the_description_leads_somewhere()
    {
        var references = Reference().Matches(Encoding.UTF8.GetString(OpenApiDocument.Utf8.Span)).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(references);
        foreach (var reference in references)
        {
            var at = Description;
            foreach (var part in reference.Split('/'))
            {
                Assert.True(at.TryGetProperty(part, out at), reference);
            }
        }
    }

    private static IEnumerable<(string Id, JsonElement Value)> Operations() =>
        Description.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .Where(m => m.Name != "parameters").Select(m => (m.Value.GetProperty("operationId").GetString()!, m.Value));

    private static string KindOf(string operation) => operation switch
    {
        "postItems" => "items",
        "putItem" => "item",
        "postUsers" => "users",
        "putUser" => "user",
        "postEvents" => "events",
        "putSchema" => "schema",
        "recommend" => "recommend",
        "predict" or "predictVersion" or "predictLabel" => "predict",
        "classify" or "classifyVersion" or "classifyLabel" => "classify",
        "regress" or "regressVersion" or "regressLabel" => "regress",
        "infer" or "inferVersion" => "infer",
        "modelIndex" or "loadModel" or "unloadModel" => "models",
        _ => "patch",
    };

    private static CatalogueSchema? Read(string kind, byte[] json, bool isLines, CatalogueSchema? schema)
    {
        var errors = new FieldErrors();
        CatalogueSchema? declared = null;
        switch (kind)
        {
            case "schema":
                declared = JsonBody.ReadOne<CatalogueSchema>(json, errors, SchemaJson.Read);
                CatalogueValidator.Check(declared, errors);
                break;
            case "item" or "items":
                foreach (var item in JsonBody.ReadMany<Item>(json, isLines, kind, 10, errors, ItemJson.Read))
                {
                    CatalogueValidator.Check(item, schema!, string.Empty, errors);
                }

                break;
            case "user" or "users":
                foreach (var user in JsonBody.ReadMany<User>(json, isLines, kind, 10, errors, UserJson.Read))
                {
                    CatalogueValidator.Check(user, schema!, string.Empty, errors);
                }

                break;
            case "event" or "events":
                Assert.NotEmpty(JsonBody.ReadMany(json, isLines, kind, 10, errors, new EventReader(schema!, DateTimeOffset.UnixEpoch.AddYears(50)).Read));
                break;
            case "recommend":
                JsonBody.ReadOne<RecommendationRequest>(json, errors, new RecommendReader("home").Read);
                break;
            case "patch":
                using (var patch = MergePatch.Parse(json))
                {
                    var start = new Item { Id = "tea", Title = "Tea", Price = 3, Place = new GeoPoint(1, 2) };
                    var merged = MergePatch.Apply(writer => ItemJson.Write(writer, start), patch.RootElement);
                    if (!patch.RootElement.TryGetProperty("friends", out _))
                    {
                        JsonBody.ReadOne<Item>(merged, errors, ItemJson.Read);
                    }
                }

                break;
            case "predict":
                Assert.Equal(3, PredictRequest.Read(json, TestModels.Half().Inputs).Rows);
                break;
            case "classify":
                Assert.Equal(2, ExampleRequest.ReadClassify(json, TestModels.Half()).Rows);
                break;
            case "regress":
                Assert.Equal(2, ExampleRequest.ReadRegress(json, TestModels.Half()).Rows);
                break;
            case "infer":
                Assert.Equal("42", InferRequest.Read(json).Id);
                break;
            case "models":
                Assert.Equal(JsonValueKind.Object, JsonElement.Parse(json).ValueKind);
                break;
            case "scenes":
                Assert.NotEmpty(SceneJson.ReadAll(json));
                break;
            case "answer":
                AssertSame(json, JsonSerializer.Deserialize(json, ApiJson.Answers.RecommendationResponse), ApiJson.Answers.RecommendationResponse);
                break;
            case "problem":
                AssertSame(json, JsonSerializer.Deserialize(json, ApiJson.Answers.Problem), ApiJson.Answers.Problem);
                break;
            default:
                Assert.Fail($"The example '{kind}' is of no kind that this test reads.");
                break;
        }

        Assert.True(errors.Count == 0, $"{kind}: {string.Join("; ", errors)}");
        return declared;
    }

    // What the server writes is what the document shows, member by member.
    private static void AssertSame<T>(byte[] json, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(json), JsonSerializer.SerializeToElement(value, type)));

    private static string DocumentPath()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Siskin.slnx")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory!.FullName, "docs", "api.md");
    }

    [GeneratedRegex("```(?<language>json|ndjson) (?<kind>[a-z]+)\n(?<text>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("\"\\$ref\":\\s*\"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
