using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Siskin.Inference.Pmml.Fields;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Pmml;

/// <summary>A PMML document as a model of named tensors: one of n values for each field, numbers as doubles and texts as bytes.</summary>
/// <remarks>NaN and empty texts are missing values; so are outputs that the document gives none for.</remarks>
/// <param name="model">The document's model.</param>
public sealed class PmmlServable(PmmlModel model) : IServable
{
    private readonly ConcurrentBag<PmmlScorer> _scorers = [];
    private readonly bool _isNumeric = model.InputFields.All(input => input.Field.DataType != PmmlDataType.String) && OutputTypes(model).All(type => type == TensorType.Float64);

    /// <summary><c>pmml</c>.</summary>
    public string Platform => "pmml";

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; } =
        [.. model.InputFields.Select(input => new TensorDescription(input.Field.Name, input.Field.DataType == PmmlDataType.String ? TensorType.Bytes : TensorType.Float64, [-1]))];

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; } =
        [.. model.Outputs.Zip(OutputTypes(model)).Select(output => new TensorDescription(output.First, output.Second, [-1]))];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var columns = ServableInputs.Arrange(this, inputs, out var rows);
        var chosen = ServableInputs.Outputs(this, outputs);
        if (!_scorers.TryTake(out var scorer))
        {
            scorer = model.CreateScorer();
        }

        var results = _isNumeric ? Numbers(scorer, columns, rows) : Texts(scorer, columns, rows, cancellationToken);
        _scorers.Add(scorer);
        return ValueTask.FromResult<IReadOnlyList<Tensor>>([.. chosen.Select(output => Tensor.Of(Outputs[output].Name, Outputs[output].Type, results[output], [rows]))]);
    }

    /// <summary>Nothing to be freed.</summary>
    public void Dispose()
    {
    }

    private static IEnumerable<TensorType> OutputTypes(PmmlModel model)
    {
        var finals = model.Unit.Outputs.Where(output => output.IsFinal).Select(output => TypeOf(output.Field.DataType));
        return model.HasPrediction ? finals.Prepend(TypeOf(model.Target?.DataType ?? PmmlDataType.String)) : finals;
    }

    private static TensorType TypeOf(PmmlDataType type) => type is PmmlDataType.Double or PmmlDataType.Float or PmmlDataType.Integer ? TensorType.Float64 : TensorType.Bytes;

    private Array[] Numbers(PmmlScorer scorer, Tensor[] columns, int rows)
    {
        var results = Array.ConvertAll(new double[Outputs.Count][], _ => new double[rows]);
        var (row, result) = (new double[columns.Length], new double[Outputs.Count]);
        for (var i = 0; i < rows; i++)
        {
            for (var c = 0; c < row.Length; c++)
            {
                row[c] = columns[c].Values<double>()[i];
            }

            scorer.Score(row, result, out var reason);
            Require(reason, i);
            for (var o = 0; o < result.Length; o++)
            {
                results[o][i] = result[o];
            }
        }

        return results;
    }

    private Array[] Texts(PmmlScorer scorer, Tensor[] columns, int rows, CancellationToken cancellationToken)
    {
        var results = Outputs.Select(output => output.Type == TensorType.Bytes ? (Array)new byte[rows][] : new double[rows]).ToArray();
        var (row, result) = (new string?[columns.Length], new string?[Outputs.Count]);
        for (var i = 0; i < rows; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var c = 0; c < row.Length; c++)
            {
                row[c] = TextOf(columns[c], i);
            }

            scorer.Score(row, result, out var reason);
            Require(reason, i);
            for (var o = 0; o < result.Length; o++)
            {
                if (results[o] is byte[][] texts)
                {
                    texts[i] = Encoding.UTF8.GetBytes(result[o] ?? string.Empty);
                }
                else
                {
                    ((double[])results[o])[i] = PmmlTypes.Number(result[o] ?? string.Empty, out var number) ? number : double.NaN;
                }
            }
        }

        return results;
    }

    private static string? TextOf(Tensor column, int row)
    {
        if (column.Type == TensorType.Bytes)
        {
            var bytes = column.Values<byte[]>()[row];
            return bytes.Length == 0 ? null : Encoding.UTF8.GetString(bytes);
        }

        var number = column.Values<double>()[row];
        return double.IsNaN(number) ? null : number.ToString("R", CultureInfo.InvariantCulture);
    }

    private static void Require(string? reason, int row)
    {
        if (reason is not null)
        {
            throw new ServableException(ServableError.InvalidArgument, $"row {row}: {reason}");
        }
    }
}
