using System.Text;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>A collector for each of a model's inputs.</summary>
internal sealed class NamedCollectors : IDisposable
{
    private readonly IReadOnlyList<TensorDescription> _inputs;
    private readonly byte[][] _names;
    private readonly TensorCollector[] _collectors;

    public NamedCollectors(IReadOnlyList<TensorDescription> inputs)
    {
        _inputs = inputs;
        _names = [.. inputs.Select(i => Encoding.UTF8.GetBytes(i.Name))];
        _collectors = [.. inputs.Select(i => new TensorCollector(i.Name, i.Type))];
    }

    /// <summary>How many there are.</summary>
    public int Count => _collectors.Length;

    /// <summary>The names, for messages.</summary>
    public string Names => string.Join(',', _inputs.Select(i => i.Name));

    public TensorCollector this[int index] => _collectors[index];

    /// <summary>The input that has the name that the reader stands on.</summary>
    /// <returns>-1 where none has.</returns>
    public static int Find(TensorJsonReader reader, IReadOnlyList<TensorDescription> inputs)
    {
        var name = reader.GetText();
        var at = inputs.Count - 1;
        while (at >= 0 && inputs[at].Name != name)
        {
            at--;
        }

        return at;
    }

    /// <summary>The same, without a text for each name.</summary>
    public int Find(TensorJsonReader reader)
    {
        var at = _names.Length - 1;
        while (at >= 0 && !reader.IsText(_names[at]))
        {
            at--;
        }

        return at;
    }

    /// <summary>The tensors of all rows.</summary>
    public Tensor[] ToBatches() => Array.ConvertAll(_collectors, c => c.ToBatch());

    public void Dispose()
    {
        foreach (var collector in _collectors)
        {
            collector.Dispose();
        }
    }
}
