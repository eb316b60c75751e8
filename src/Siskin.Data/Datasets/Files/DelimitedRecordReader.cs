using System.Text;

namespace Siskin.Data.Datasets.Files;

/// <summary>Reads lines whose columns stand between separators and are never quoted.</summary>
/// <remarks>Empty lines are skipped. Every other line must have the expected number of columns.</remarks>
internal sealed class DelimitedRecordReader(
    string path, string separator, int? columns, DatasetReadContext context, Encoding? encoding = null)
    : RecordReader(path, context)
{
    private readonly LineReader _lines = new(path, context, encoding);
    private int? _columns = columns;

    /// <inheritdoc/>
    /// <remarks>With no number of columns given, the first line tells it.</remarks>
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await _lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            Line = _lines.Number;
            if (_lines.Problem is { } problem)
            {
                Reject(problem);
                continue;
            }

            if (string.IsNullOrWhiteSpace(_lines.Text))
            {
                continue;
            }

            var fields = _lines.Text.Split(separator);
            _columns ??= fields.Length;
            if (fields.Length != _columns)
            {
                Reject(ColumnCount(fields.Length, _columns.Value));
                continue;
            }

            Fields = fields;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _lines.DisposeAsync();
}
