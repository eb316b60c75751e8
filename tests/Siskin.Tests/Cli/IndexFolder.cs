using Siskin.Tests.Storage;
using Siskin.Tests.Vectors;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Cli;

/// <summary>A folder with 600 vectors of 16 numbers and 100 queries, as files.</summary>
internal sealed class IndexFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public IndexFolder()
    {
        VectorWriter.Write(Base, Vectors.Rows, Vectors.Dimensions);
        VectorWriter.Write(Queries, Vectors.Queries, Vectors.Dimensions);
    }

    public ClusteredVectors Vectors { get; } = new(600, 16, 12, seed: 5);

    public string Base => File("base.fvecs");

    public string Queries => File("queries.npy");

    public string File(string name) => _folder.File(name);

    /// <summary>Builds an index file and gives its path.</summary>
    public async Task<string> BuildAsync(params string[] options)
    {
        var path = File("vectors.index");
        var run = await CliRun.OfAsync(["index", "build", "--base", Base, "--out", path, .. options]);
        Assert.True(run.Code == 0, run.Error);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
