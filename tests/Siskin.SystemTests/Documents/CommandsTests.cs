using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Siskin.SystemTests.Processes;
using Siskin.Tests;

namespace Siskin.SystemTests.Documents;

/// <summary>What the documents tell people to type works, from data to served recommendations.</summary>
public sealed partial class CommandsTests : IDisposable
{
    private const int Users = 300;

    private static readonly string[] Quick = ["--tune", "none", "--dimensions", "8", "--epochs", "2"];

    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task Import_train_evaluate_recommend_and_serve_work_one_after_the_other()
    {
        var imported = await RunAsync("import", $"synthetic:users={Users},items=150,events=9000", "--home", _home.Directory);
        Assert.Contains("150 items, 300 users, 9,000 events (0 were there already), 0 bad rows", imported, StringComparison.Ordinal);

        var trained = await RunAsync(["train", "--home", _home.Directory, .. Quick]);
        Assert.Contains("Release 1 in ", trained, StringComparison.Ordinal);

        var evaluated = await RunAsync(["evaluate", "--home", _home.Directory, "--split", "per-user", "--json", .. Quick]);
        var rows = JsonElement.Parse(evaluated).GetProperty("reports")[0].GetProperty("rows").EnumerateArray().ToList();
        Assert.All(rows, row => Assert.InRange(row.GetProperty("at")[0].GetProperty("recall").GetDouble(), 0.01, 1));

        var lists = Path.Combine(_home.Directory, "lists.jsonl");
        var all = await RunAsync("recommend", "--home", _home.Directory, "--all", "--count", "5", "--output", lists);
        Assert.Contains($"{Users} lists in {lists}", all, StringComparison.Ordinal);
        var lines = (await File.ReadAllLinesAsync(lists)).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(Users, lines.Select(line => line.GetProperty("user").GetString()).Distinct().Count());
        Assert.All(lines, line => Assert.Equal(5, line.GetProperty("items").GetArrayLength()));

        var user = lines[0].GetProperty("user").GetString()!;
        var expected = Items(lines[0]);
        var one = await RunAsync("recommend", "--home", _home.Directory, "--user", user, "--count", "5");
        Assert.All(expected, item => Assert.Contains(item, one, StringComparison.Ordinal));

        await using var server = await ServerProcess.StartAsync(_home.Directory, "--clock", "data");
        var answer = await server.Client.GetFromJsonAsync<JsonElement>($"/v1/recommend/home?user={user}&count=5&param.deadlineMs=60000");
        Assert.Equal(1, answer.GetProperty("release").GetInt32());
        Assert.Equal(expected, Items(answer));
        foreach (var path in new[] { "/health/live", "/v1/scenes", "/v1/schema", "/metrics", "/openapi/v1.json" })
        {
            using var response = await server.Client.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        }

        // The page, and what it refers to, are inside the program.
        var page = await server.Client.GetStringAsync("/");
        var assets = Asset().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.True(assets.Count >= 2, page);
        foreach (var asset in assets)
        {
            Assert.NotEmpty(await server.Client.GetStringAsync(asset));
        }
    }

    [Fact]
    public async Task The_calls_of_the_page_about_the_api_bring_what_it_says()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"));
        var block = CallsBlock().Match(document).Groups[1].Value;
        await using var server = await ServerProcess.StartAsync(_home.Directory);
        var answers = new List<JsonElement>();
        foreach (var line in block.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)))
        {
            using var request = RequestOf(line);
            using var response = await server.Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{line}: {(int)response.StatusCode} {text}");
            answers.Add(JsonElement.Parse(text));
        }

        Assert.Equal(5, answers.Count);
        Assert.Equal(2, answers[0].GetProperty("stored").GetInt32());
        Assert.Equal(1, answers[1].GetProperty("accepted").GetInt32());
        Assert.Equal(["cup"], Items(answers[2]));
        Assert.Equal(["cup"], Items(answers[3]));
        Assert.True(answers[3].TryGetProperty("trace", out _));
        Assert.False(answers[4].GetProperty("isAvailable").GetBoolean());
    }

    public void Dispose() => _home.Dispose();

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var result = await SiskinProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"siskin {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }

    private static List<string> Items(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()!)];

    /// <summary>What curl would send.</summary>
    private static HttpRequestMessage RequestOf(string curl)
    {
        var words = Word().Matches(curl).Select(match => match.Value.Trim('\'', '"')).ToList();
        var path = words.Single(word => word.StartsWith("$S", StringComparison.Ordinal))[2..];
        var body = After("-d");
        var request = new HttpRequestMessage(new HttpMethod(After("-X") ?? (body is null ? "GET" : "POST")), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, After("-H")!["Content-Type: ".Length..]);
        }

        return request;

        string? After(string option)
        {
            var at = words.IndexOf(option);
            return at < 0 ? null : words[at + 1];
        }
    }

    [GeneratedRegex("## Five calls.*?```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CallsBlock();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("(?:href|src)=\"([^\"]+\\.(?:css|js)[^\"]*)\"")]
    private static partial Regex Asset();
}
