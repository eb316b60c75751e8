using Siskin.Tests.Storage;

namespace Siskin.Tests.Cli;

/// <summary>A home with a tiny synthetic world and one release, made by the commands themselves.</summary>
public sealed class TrainedHome : IAsyncLifetime
{
    public const string World = "synthetic:users=200,items=100,events=5000,days=30";

    private readonly TemporaryFolder _folder = new();

    internal string Path => _folder.File("home");

    internal CliRun Import { get; private set; } = null!;

    internal CliRun Train { get; private set; } = null!;

    internal string File(string name) => _folder.File(name);

    public async ValueTask InitializeAsync()
    {
        Import = await CliRun.OfAsync("import", World, "--home", Path);
        Train = await CliRun.OfAsync("train", "--home", Path, "--tune", "none", "--dimensions", "8", "--epochs", "4");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
