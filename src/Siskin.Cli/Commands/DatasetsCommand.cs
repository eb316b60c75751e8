using System.CommandLine;
using Siskin.Cli.Output;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin datasets</c>: which formats can be read.</summary>
internal static class DatasetsCommand
{
    /// <summary>Each format with what its files are and an example.</summary>
    public static IReadOnlyList<(string Name, string Files, string Example)> Formats { get; } =
    [
        ("synthetic", "a made-up world whose best ranking is known", "synthetic:users=5000,items=2000,events=300000,seed=1,days=90"),
        ("csv", "a table of items, users or events; also .tsv", "csv:events.csv --kind events --map user=visitor,item=film,time=when"),
        ("jsonl", "the same, one JSON object on each line", "jsonl:items.jsonl --kind items"),
        ("movielens-100k", "*.inter, *.item, *.user with typed headers", "movielens-100k:ml-100k"),
        ("movielens-1m", "movies.dat, users.dat, ratings.dat", "movielens-1m:ml-1m"),
        ("movielens", "movies.csv, ratings.csv (MovieLens 20M, 25M, latest)", "movielens:ml-latest-small"),
        ("atomic", "*.inter, *.item, *.user with typed headers (RecBole's atomic files)", "atomic:steam"),
        ("ncf", "*.train.pairs.tsv, *.test.rating: leave-one-out, with a test part", "ncf:ml-1m-ncf"),
        ("adjacency", "train.txt, test.txt: a user and its items on each line, with a test part", "adjacency:gowalla"),
        ("sequences", "FILE: a user and its items, the oldest first, on each line", "sequences:beauty.txt"),
        ("lastfm", "data1.txt, test1.txt, trustnetwork.txt: plays and friends", "lastfm:lastfm"),
        ("retailrocket", "view_ecommerce.dat and its sisters: views, carts, purchases", "retailrocket:retailrocket"),
    ];

    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var command = new Command("datasets", "List the formats of data that can be read, with an example of each.");
        command.SetAction(_ =>
        {
            var table = EvaluationTables.NewTable("format");
            table.AddColumn("files");
            table.AddColumn("example");
            foreach (var (name, files, example) in Formats)
            {
                table.AddRow(Markup.Escape(name), Markup.Escape(files), Markup.Escape(example));
            }

            console.Tables.Write(table);
            console.Tables.WriteLine("A folder or a .csv, .tsv or .jsonl file may be given by its path alone, when its files tell the format.");
            return ExitCodes.Success;
        });
        examples[command] = ["siskin datasets"];
        return command;
    }
}
