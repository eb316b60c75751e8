using System.Globalization;
using Siskin.Data.Control;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Inference.Registry;

/// <summary>A registry in a folder, with a server over it and models whose answers tell their version.</summary>
internal sealed class TestModels : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestModels()
    {
        Loader = new ModelLoader([new TestLoader(this), .. ServableLoaders.All()]);
        Registry = new ModelRegistry(Path.Combine(_folder.Path, "models"), Control, Loader);
        Server = new ModelServer(Registry, Control, Loader, new ModelServerOptions { Period = TimeSpan.FromHours(1) });
    }

    public InMemoryControlStore Control { get; } = new();

    public ModelLoader Loader { get; }

    public ModelRegistry Registry { get; }

    public ModelServer Server { get; }

    /// <summary>Models loaded and not yet freed.</summary>
    public int Alive { get; set; }

    /// <summary>Inputs that models of a version ran.</summary>
    public Dictionary<string, int> Runs { get; } = [];

    public string Source(string text)
    {
        var path = _folder.File($"{Guid.NewGuid():N}.value");
        File.WriteAllText(path, text);
        var folder = Directory.CreateDirectory(path + ".d").FullName;
        File.Move(path, Path.Combine(folder, "value.txt"));
        return folder;
    }

    public ValueTask<long> ImportAsync(string text, string name = "m", long? version = null) => Registry.ImportAsync(name, Source(text), new ModelDescription { Source = "test" }, version);

    /// <summary>What a version answers.</summary>
    public async Task<double> AskAsync(string name = "m", long? version = null, string? label = null)
    {
        using var lease = Server.Acquire(name, version, label);
        return (await lease.Servable.RunAsync([Tensor.Of("x", [1.0], 1)], []))[0].Values<double>()[0];
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Loads <c>value.txt</c>: a number that is added to every input; "bad" is refused, "failing" cannot answer.</summary>
    private sealed class TestLoader(TestModels owner) : IServableLoader
    {
        public string Kind => "test";

        public bool Recognises(string folder) => File.Exists(Path.Combine(folder, "value.txt"));

        public IServable Load(string folder)
        {
            var path = Path.Combine(folder, "value.txt");
            var text = File.ReadAllText(path);
            return text == "bad" ? throw new Siskin.Vectors.ModelFormatException(path, 0, "it is bad") : new TestServable(owner, text);
        }
    }

    private sealed class TestServable : IServable
    {
        private readonly TestModels _owner;
        private readonly string _text;
        private bool _isDisposed;

        public TestServable(TestModels owner, string text)
        {
            (_owner, _text) = (owner, text);
            lock (owner.Runs)
            {
                owner.Alive++;
            }
        }

        public string Platform => "test";

        public IReadOnlyList<TensorDescription> Inputs { get; } = [new("x", TensorType.Float64, [-1])];

        public IReadOnlyList<TensorDescription> Outputs { get; } = [new("y", TensorType.Float64, [-1])];

        public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            lock (_owner.Runs)
            {
                _owner.Runs[_text] = _owner.Runs.GetValueOrDefault(_text) + 1;
            }

            var x = inputs.Single(input => input.Name == "x").Values<double>().ToArray();
            return _text == "failing"
                ? throw new ServableException(ServableError.Internal, "it fails")
                : ValueTask.FromResult<IReadOnlyList<Tensor>>([Tensor.Of("y", Array.ConvertAll(x, value => value + double.Parse(_text, CultureInfo.InvariantCulture)), x.Length)]);
        }

        public void Dispose()
        {
            lock (_owner.Runs)
            {
                Assert.False(_isDisposed);
                _isDisposed = true;
                _owner.Alive--;
            }
        }
    }
}
