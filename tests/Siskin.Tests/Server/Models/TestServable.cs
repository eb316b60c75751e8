using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Tests.Server.Models;

/// <summary>A model that is a function, and checks its inputs as models do.</summary>
internal sealed class TestServable(TensorDescription[] inputs, TensorDescription[] outputs, Func<IReadOnlyList<Tensor>, Tensor[]> run) : IServable
{
    public string Platform => "test";

    public IReadOnlyList<TensorDescription> Inputs => inputs;

    public IReadOnlyList<TensorDescription> Outputs => outputs;

    public bool IsDisposed { get; private set; }

    public async ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> given, IReadOnlyList<string> wanted, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        foreach (var input in inputs)
        {
            var tensor = given.SingleOrDefault(t => t.Name == input.Name) ?? throw Invalid($"the input '{input.Name}' is missing");
            if (input.Mismatch(tensor) is { } wrong)
            {
                throw Invalid(wrong);
            }
        }

        if (given.Count > inputs.Length)
        {
            throw Invalid("there is an unknown input");
        }

        var all = run([.. inputs.Select(i => given.Single(t => t.Name == i.Name))]);
        return wanted.Count == 0 ? all : [.. wanted.Select(w => all.FirstOrDefault(o => o.Name == w) ?? throw Invalid($"the model has no output '{w}'"))];
    }

    public void Dispose() => IsDisposed = true;

    private static ServableException Invalid(string message) => new(ServableError.InvalidArgument, message);
}
