using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Features of examples, column by column.</summary>
internal sealed class FeatureColumns(IReadOnlyList<TensorDescription> inputs) : IDisposable
{
    private readonly Column[] _columns = [.. inputs.Select(i => new Column(i))];
    private int _rows;

    /// <summary>Reads the list of examples.</summary>
    /// <param name="reader">On its first token; then on its last.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="ServableException">It is none, or an example is wrong.</exception>
    public int ReadExamples(ref TensorJsonReader reader)
    {
        if (reader.Token != TensorJsonToken.StartArray)
        {
            throw Refusal.Of("Expecting 'examples' value to be an list/array");
        }

        while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
        {
            Read(ref reader, isContext: false);
            _rows++;
        }

        return _rows > 0 ? _rows : throw Refusal.Of("'examples' value is an empty array");
    }

    /// <summary>Reads the features that all examples share.</summary>
    /// <param name="reader">On the first token; then on the last.</param>
    /// <exception cref="ServableException">They are no object, or one of them is wrong.</exception>
    public void ReadContext(ref TensorJsonReader reader) => Read(ref reader, isContext: true);

    /// <summary>A tensor for each input.</summary>
    /// <exception cref="ServableException">A feature is missing, stands in the context and in examples, or has another number of values than the input.</exception>
    public Tensor[] ToTensors()
    {
        var tensors = new Tensor[_columns.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            var column = _columns[i];
            if (column.IsInContext && column.Rows > 0)
            {
                throw Refusal.Of($"Feature: {inputs[i].Name} appears in both the context and in examples");
            }

            if (column.IsInContext)
            {
                column.Values.Repeat(_rows);
            }
            else if (column.Rows < _rows)
            {
                throw Refusal.Of($"Feature: {inputs[i].Name} is required but could not be found in every example");
            }

            tensors[i] = column.Values.ToTensor(inputs[i].Name, ShapeOf(inputs[i], column.Values.Count / _rows));
        }

        return tensors;
    }

    public void Dispose()
    {
        foreach (var column in _columns)
        {
            column.Values.Dispose();
        }
    }

    private void Read(ref TensorJsonReader reader, bool isContext)
    {
        if (reader.Token != TensorJsonToken.StartObject)
        {
            throw Refusal.Of($"Example must be JSON object but got JSON {reader.Token}");
        }

        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var at = NamedCollectors.Find(reader, inputs);
            reader.Read();
            if (at < 0)
            {
                reader.Skip();
                continue;
            }

            var column = _columns[at];
            if (isContext ? column.IsInContext : column.LastRow == _rows)
            {
                throw Refusal.Of($"Feature: {inputs[at].Name} is there twice in one example");
            }

            var count = ReadFeature(ref reader, inputs[at].Name, column.Values);
            column.Take(count, isContext, _rows);
        }
    }

    private static int ReadFeature(ref TensorJsonReader reader, string name, TensorBuffer values)
    {
        reader.Subject = name;
        var before = values.Count;
        if (reader.Token != TensorJsonToken.StartArray)
        {
            values.Append(ref reader);
        }
        else
        {
            while (reader.Read() && reader.Token != TensorJsonToken.EndArray)
            {
                values.Append(ref reader);
            }
        }

        reader.Subject = null;
        return values.Count - before;
    }

    // The values of an example fill the input's row, whatever dimensions that has.
    private IReadOnlyList<long> ShapeOf(TensorDescription input, int count)
    {
        var shape = new long[Math.Max(1, input.Shape.Count)];
        shape[0] = _rows;
        var (known, free) = (1L, -1);
        for (var i = 1; i < shape.Length; i++)
        {
            shape[i] = input.Shape[i];
            if (shape[i] >= 0)
            {
                known *= shape[i];
            }
            else if (free >= 0)
            {
                throw new ServableException(ServableError.FailedPrecondition, $"'{input.Name}' has the shape {Tensor.Describe(input.Shape)}; features can fill one free dimension beside the first only");
            }
            else
            {
                free = i;
            }
        }

        if (free >= 0)
        {
            shape[free] = known == 0 ? 0 : count / known;
            known *= shape[free];
        }

        return known == count ? shape : throw Refusal.Of($"Feature: {input.Name} has {count} values in each example; the model takes {Tensor.Describe(input.Shape)}");
    }

    private sealed class Column(TensorDescription input)
    {
        private int _count = -1;

        public TensorBuffer Values { get; } = TensorBuffer.Of(input.Type);

        public int Rows { get; private set; }

        public int LastRow { get; private set; } = -1;

        public bool IsInContext { get; private set; }

        public void Take(int count, bool isContext, int row)
        {
            if (_count >= 0 && count != _count && !isContext && !IsInContext)
            {
                throw Refusal.Of($"Feature: {input.Name} has {count} values in example {row}, {_count} in those before");
            }

            _count = count;
            if (isContext)
            {
                IsInContext = true;
                return;
            }

            Rows++;
            LastRow = row;
        }
    }
}
