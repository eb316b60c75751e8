using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Collects a tensor from nested lists, given at once or row by row; all rows must have one shape.</summary>
internal sealed class TensorCollector(string name, TensorType type) : IDisposable
{
    private const int Unknown = -1;

    private readonly TensorBuffer _values = TensorBuffer.Of(type);
    private long[] _lengths = [];
    private int _rank = Unknown;

    /// <summary>Rows read.</summary>
    public int Rows { get; private set; }

    /// <summary>Reads one value or nested list, which becomes another row.</summary>
    /// <param name="reader">On its first token; then on its last.</param>
    /// <exception cref="ServableException">The lists are ragged, a value is not of the type, or the row is of another shape than those before.</exception>
    public void Read(ref TensorJsonReader reader)
    {
        reader.Subject = name;
        ReadRow(ref reader);
        reader.Subject = null;
    }

    /// <summary>The tensor of the only row.</summary>
    public Tensor ToTensor() => _values.ToTensor(name, _lengths);

    /// <summary>The tensor of the only row in a declared shape: the row has that shape, or all values in one list.</summary>
    /// <exception cref="ServableException">It has neither.</exception>
    public Tensor ToTensor(IReadOnlyList<long> shape)
    {
        var count = Shapes.Count(name, shape);
        var isFlat = _rank <= 1 && _values.Count == count;
        return isFlat || _lengths.AsSpan().SequenceEqual([.. shape])
            ? _values.ToTensor(name, shape)
            : throw Refusal.Of($"'{name}' has the shape {Tensor.Describe(shape)}, which are {count} values; its data has {_values.Count} in {Tensor.Describe(_lengths)}");
    }

    /// <summary>The tensor of all rows.</summary>
    public Tensor ToBatch() => _values.ToTensor(name, [Rows, .. _lengths]);

    public void Dispose() => _values.Dispose();

    private void ReadRow(ref TensorJsonReader reader)
    {
        Rows++;
        if (reader.Token != TensorJsonToken.StartArray)
        {
            SetRank(0);
            _values.Append(ref reader);
            return;
        }

        Span<int> counts = stackalloc int[TensorJsonReader.MaxDepth + 1];
        var depth = 0;
        do
        {
            switch (reader.Token)
            {
                case TensorJsonToken.StartArray:
                    if (_rank != Unknown && depth >= _rank)
                    {
                        throw Refusal.Of($"'{name}': Encountered list at unexpected level: {depth} expected < {_rank}");
                    }

                    counts[depth++] = 0;
                    reader.Read();
                    break;
                case TensorJsonToken.EndArray:
                    CloseList(depth, counts[depth - 1]);
                    if (--depth > 0)
                    {
                        counts[depth - 1]++;
                        reader.Read();
                    }

                    break;
                default:
                    SetRank(depth);
                    if (reader.Token == TensorJsonToken.StartObject)
                    {
                        _values.Append(ref reader);
                        counts[depth - 1]++;
                        reader.Read();
                    }
                    else
                    {
                        counts[depth - 1] += _values.AppendRun(ref reader);
                    }

                    break;
            }
        }
        while (depth > 0);
    }

    // The first value, or the first empty list, tells how deep all values lie.
    private void SetRank(int depth)
    {
        if (_rank == Unknown)
        {
            _rank = depth;
            _lengths = new long[depth];
            Array.Fill(_lengths, Unknown);
        }
        else if (_rank != depth)
        {
            throw Refusal.Of($"'{name}': a value stands at level {depth}; others at level {_rank}");
        }
    }

    private void CloseList(int depth, int count)
    {
        if (_rank == Unknown)
        {
            SetRank(depth);
        }

        ref var length = ref _lengths[depth - 1];
        if (length == Unknown)
        {
            length = count;
        }
        else if (length != count)
        {
            throw Refusal.Of($"'{name}': Encountered list at unexpected size: {count} at level: {depth - 1} expected size: {length}");
        }
    }
}
