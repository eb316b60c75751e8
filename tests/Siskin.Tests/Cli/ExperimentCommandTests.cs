using System.Text.Json;
using System.Xml.Linq;
using Siskin.Cli;
using Siskin.Offline.Experiments;

namespace Siskin.Tests.Cli;

public sealed class ExperimentCommandTests : IDisposable
{
    private const string ClickHeader =
        "movieId,userId,rating,timestamp,label,releaseYear,movieGenre1,movieGenre2,movieGenre3,movieRatingCount,movieAvgRating,movieRatingStddev,userRatedMovie1,userRatedMovie2,userRatedMovie3,userRatedMovie4,userRatedMovie5,userRatingCount,userAvgReleaseYear,userReleaseYearStddev,userAvgRating,userRatingStddev,userGenre1,userGenre2,userGenre3,userGenre4,userGenre5";

    private readonly string _folder = Directory.CreateTempSubdirectory("siskin-experiments").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_is_judged_on_the_files_own_split_as_json()
    {
        var result = await JsonAsync("evaluate", "--dataset", $"adjacency:{Adjacency()}", "--model", "item-cf", "--protocol", "lightgcn-split", "--set", "neighbours=7", "--json");
        Assert.Equal(("item-cf", "lightgcn-split", 7.0), (result.GetProperty("model").GetString(), result.GetProperty("protocol").GetString(), result.GetProperty("parameters").GetProperty("neighbours").GetDouble()));
        Assert.InRange(result.GetProperty("metrics").GetProperty("recall@20").GetDouble(), 0.9, 1);
        Assert.InRange(result.GetProperty("metrics").GetProperty("ndcg@20").GetDouble(), 0.1, 1);
        Assert.True(result.GetProperty("seconds").GetDouble() >= 0);
    }

    [Fact]
    public async Task Every_retrieval_and_sequence_model_runs_and_beats_popularity_where_groups_of_users_take_groups_of_items()
    {
        var names = ModelCatalogue.All.Where(model => model.Kind != ModelKind.Ranking).Select(model => model.Name).ToArray();
        var results = await JsonAsync(
            "evaluate", "--dataset", $"adjacency:{Adjacency()}", "--model", string.Join(',', names), "--set", "dimensions=8", "--set", "epochs=30", "learning-rate=0.02", "rank=8", "patience=0", "dropout=0.1", "subsampling=0", "length=10", "--json");
        var byModel = results.EnumerateArray().ToDictionary(result => result.GetProperty("model").GetString()!, result => result.GetProperty("metrics").GetProperty("recall@5").GetDouble());
        Assert.Equal(names.Order(StringComparer.Ordinal), byModel.Keys.Order(StringComparer.Ordinal));
        Assert.All(byModel.Where(result => result.Key != "popularity"), result => Assert.True(result.Value > byModel["popularity"] + 0.15, $"{result.Key}: {result.Value}, popularity: {byModel["popularity"]}"));
    }

    [Fact]
    public async Task Sequences_are_judged_by_their_last_item_and_tuned_by_the_one_before()
    {
        var path = Write("steps.txt", Enumerable.Range(0, 120).Select(user => $"u{user} {string.Join(' ', Enumerable.Range(user % 12, 6).Select(step => $"i{step % 12}"))}"));
        string[] line = ["evaluate", "--dataset", $"sequences:{path}", "--model", "sasrec", "--set", "dimensions=16", "--set", "epochs=60", "--set", "batch-size=16", "--set", "learning-rate=0.01", "--json"];
        var test = await JsonAsync(line);
        Assert.Equal("leave-one-out-full", test.GetProperty("protocol").GetString());
        Assert.InRange(test.GetProperty("metrics").GetProperty("hr@1").GetDouble(), 0.9, 1);
        var validation = await JsonAsync([.. line, "--validation"]);
        Assert.True(validation.GetProperty("validation").GetBoolean());
        Assert.InRange(validation.GetProperty("metrics").GetProperty("hr@1").GetDouble(), 0.9, 1);
    }

    [Fact]
    public async Task Held_back_items_are_ranked_among_the_given_negatives()
    {
        Ncf(Enumerable.Range(0, 30).Select(user => $"({user},{(user % 2) + 10})\t{string.Join('\t', Enumerable.Range(20, 99))}"));
        var result = await JsonAsync("evaluate", "--dataset", $"ncf:{_folder}", "--model", "item-cf", "--protocol", "leave-one-out-99", "--json");
        Assert.Equal(1, result.GetProperty("metrics").GetProperty("hr@10").GetDouble());
        Assert.Equal(30, result.GetProperty("metrics").GetProperty("users").GetDouble());
        var interval = result.GetProperty("intervals").GetProperty("hr@10");
        Assert.Equal((1, 1), (interval.GetProperty("low").GetDouble(), interval.GetProperty("high").GetDouble()));
    }

    [Fact]
    public async Task Ranking_models_give_auc_over_seeds_and_a_learning_curve()
    {
        var folder = Clicks(_ => null);
        var curve = Path.Combine(_folder, "curve.svg");
        var result = await JsonAsync(
            "evaluate", "--dataset", $"ctr-csv:{folder}", "--model", "deepfm", "--set", "epochs=30", "learning-rate=0.02", "batch-size=32", "--seeds", "1,2", "--curve", curve, "--json");
        Assert.InRange(result.GetProperty("metrics").GetProperty("auc").GetDouble(), 0.9, 1);
        Assert.Equal(2, result.GetProperty("seeds").GetArrayLength());
        Assert.True(result.GetProperty("deviations").TryGetProperty("auc", out _));
        Assert.Contains("not by time", result.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("svg", XDocument.Load(curve).Root!.Name.LocalName);
    }

    [Fact]
    public async Task Bad_input_is_told_in_one_line_that_names_it()
    {
        // Training data that nothing can be learned from.
        await FailsAsync("label is NaN", ExitCodes.Failure, Click("deepfm", row => row == 5 ? "NaN" : null));
        await FailsAsync("label is 3; 0 or 1", ExitCodes.Failure, Click("deepfm", row => row == 5 ? "3" : null));
        await FailsAsync("both classes are needed", ExitCodes.Failure, Click("deepfm", _ => "1"));
        await FailsAsync("there are no rows", ExitCodes.Failure, Click("deepfm", _ => null, rows: 0));
        await FailsAsync("the test part has no examples", ExitCodes.Failure, Click("deepfm", _ => null, testRows: 0));

        // Files that are something else.
        var missing = Clicks(_ => null, header: ClickHeader.Replace("releaseYear", "year", StringComparison.Ordinal));
        await FailsAsync("releaseYear", ExitCodes.Failure, "--dataset", $"ctr-csv:{missing}", "--model", "deepfm");
        await FailsAsync("trainSamples.csv", ExitCodes.Failure, "--dataset", $"ctr-csv:{_folder}/nothing", "--model", "deepfm");
        await FailsAsync("has no items", ExitCodes.Failure, "--dataset", $"sequences:{Write("short.txt", ["u1 a b c", "u2"])}", "--model", "sasrec");
        await FailsAsync("no user with three items", ExitCodes.Usage, "--dataset", $"sequences:{Write("two.txt", ["u1 a b"])}", "--model", "sasrec");
        Ncf(["(0,1)\t2\tx"]);
        await FailsAsync("tiny.test.negative:1", ExitCodes.Failure, "--dataset", $"ncf:{_folder}", "--model", "item-cf");
        Ncf(["(99,1)\t2\t3"]);
        await FailsAsync("user 99", ExitCodes.Failure, "--dataset", $"ncf:{_folder}", "--model", "item-cf");

        // Names and values that do not exist.
        var adjacency = $"adjacency:{Adjacency()}";
        await FailsAsync("no model 'item-fc'", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-fc");
        await FailsAsync("there is no 'neighbors'", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--set", "neighbors=5");
        await FailsAsync("Neighbours must be between", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--set", "neighbours=0");
        await FailsAsync("cannot be '-1'; one of", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--set", "kind=-1");
        await FailsAsync("cannot be 'many'; a whole number", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--set", "neighbours=many");
        await FailsAsync("protocol temporal does not fit item-cf on adjacency data; these do: lightgcn-split", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--protocol", "temporal");
        await FailsAsync("protocols are", ExitCodes.Usage, "--dataset", adjacency, "--model", "item-cf", "--protocol", "loo");
        await FailsAsync("ranking models need clicks", ExitCodes.Usage, "--dataset", adjacency, "--model", "deepfm");
        await FailsAsync("--protocol needs --model", ExitCodes.Usage, "--dataset", adjacency, "--protocol", "temporal");
        await FailsAsync("no curve to draw", ExitCodes.Failure, "--dataset", adjacency, "--model", "item-cf", "--curve", Path.Combine(_folder, "no.svg"));
    }

    [Fact]
    public async Task A_feature_that_never_changes_is_a_note()
    {
        var result = await JsonAsync(["evaluate", .. Click("lr-ftrl", _ => null), "--set", "epochs=2", "--json"]);
        Assert.Contains(result.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("'userReleaseYearStddev': the feature is 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_are_listed_with_paper_parameters_and_defaults()
    {
        var list = await JsonAsync("models", "--json");
        Assert.Equal(ModelCatalogue.All.Count, list.GetArrayLength());
        var run = await CliRun.OfAsync("models", "sasrec");
        Assert.Equal(0, run.Code);
        Assert.Contains("Kang and McAuley 2018", run.Output, StringComparison.Ordinal);
        Assert.Contains("max-length", run.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(params string[] line)
    {
        var run = await CliRun.OfAsync(line);
        Assert.True(run.Code == 0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task FailsAsync(string message, int code, params string[] line)
    {
        var run = await CliRun.OfAsync(["evaluate", .. line]);
        var last = run.Error.TrimEnd().Split('\n')[^1];
        Assert.Contains(message, last, StringComparison.Ordinal);
        Assert.StartsWith("siskin: ", last, StringComparison.Ordinal);
        Assert.Equal(code, run.Code);
    }

    private string Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    // Four groups of users, each of which takes ten items of its own, and a few items that everybody takes.
    private string Adjacency()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "lists")).FullName;
        var random = new Random(3);
        var (train, test) = (new List<string>(), new List<string>());
        for (var user = 0; user < 80; user++)
        {
            var own = Enumerable.Range(0, 10).Select(i => ((user % 4) * 10) + i).ToArray();
            random.Shuffle(own);
            train.Add($"{user} {string.Join(' ', own[..8])} {40 + random.Next(3)}");
            test.Add($"{user} {string.Join(' ', own[8..])}");
        }

        File.WriteAllLines(Path.Combine(folder, "train.txt"), train);
        File.WriteAllLines(Path.Combine(folder, "test.txt"), test);
        return folder;
    }

    // Even users take even items below 14; item 10 or 11 of them is held back by half of them.
    private void Ncf(IEnumerable<string> negatives)
    {
        var pairs = Enumerable.Range(0, 60).SelectMany(user => Enumerable.Range(0, 7).Select(i => (User: user, Item: (i * 2) + (user % 2))).Where(pair => pair.User >= 30 || pair.Item is not (10 or 11)));
        Write("tiny.train.pairs.tsv", pairs.Select(pair => $"{pair.User}\t{pair.Item}"));
        Write("tiny.test.rating", Enumerable.Range(0, 30).Select(user => $"{user}\t{(user % 2) + 10}\t5\t100"));
        Write("tiny.test.negative", negatives);
    }

    private string[] Click(string model, Func<int, string?> label, int rows = 300, int testRows = 100) =>
        ["--dataset", $"ctr-csv:{Clicks(label, rows, testRows)}", "--model", model];

    // Users click on films whose number is as even as theirs.
    private string Clicks(Func<int, string?> label, int rows = 300, int testRows = 100, string header = ClickHeader)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var random = new Random(4);
        File.WriteAllLines(Path.Combine(folder, "trainSamples.csv"), Enumerable.Range(0, rows).Select(row => Row(label(row))).Prepend(header));
        File.WriteAllLines(Path.Combine(folder, "testSamples.csv"), Enumerable.Range(0, testRows).Select(_ => Row(null)).Prepend(header));
        return folder;

        string Row(string? given)
        {
            var (user, film) = (random.Next(12), random.Next(14));
            var liked = given ?? ((user + film) % 2 == 0 ? "1" : "0");
            return $"{film},{user},4.0,{random.Next(1000)},{liked},{1990 + film},Drama,,,{film * 10},3.{film % 10},0.9,{random.Next(14)},{random.Next(14)},,,,{user * 5},1990,0,3.{user % 10},0.5,Drama,,,,";
        }
    }
}
