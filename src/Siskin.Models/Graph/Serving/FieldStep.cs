using System.Runtime.Intrinsics;
using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph.Serving;

/// <summary>Rows of tables by those ids, and those numbers, that are each candidate's own.</summary>
internal sealed unsafe class FieldStep : CrossStep
{
    private readonly Operator _op;
    private readonly ColumnRun[] _numbers = [];
    private readonly (Parameter Table, int Field, int Column)[] _tables = [];

    public FieldStep(Operator op, ColumnRun[] runs)
    {
        _op = op;
        var own = runs.Where(run => run.Side == InputSide.Cross).ToArray();
        if (op is TableRead read)
        {
            _tables = [.. Enumerable.Range(0, read.Tables.Count)
                .Where(t => own.Any(run => read.Columns[t] >= run.Start && read.Columns[t] < run.Start + run.Width))
                .Select(t => (read.Tables[t], read.Fields[t], read.Columns[t]))];
        }
        else
        {
            _numbers = own;
        }
    }

    public override void Run(ServingSession session)
    {
        var (width, count) = (_op.Output.Width, session.Cross.Count);
        var target = session.Cross.Values(_op.Output);
        foreach (var run in _numbers)
        {
            for (var i = 0; i < count; i++)
            {
                session.Numbers(i).Slice(run.Start, run.Width).CopyTo(new Span<float>(target + ((long)i * width) + run.Start, run.Width));
            }
        }

        foreach (var (table, field, column) in _tables)
        {
            var (fields, values, columns) = (session.Cross.Examples.Layout.Fields.Count, (nint)table.Values, table.Columns);
            fixed (int* ids = session.Cross.Examples.Ids)
            {
                for (var i = 0; i < count; i++)
                {
                    var source = (float*)values + ((long)ids[(i * fields) + field] * columns);
                    var place = target + ((long)i * width) + column;
                    if (columns == 1)
                    {
                        *place = *source;
                    }
                    else if (columns == 16 && Vector512.IsHardwareAccelerated)
                    {
                        Vector512.Load(source).Store(place);
                    }
                    else
                    {
                        MatrixMath.Put(source, place, columns, adds: false);
                    }
                }
            }
        }
    }
}
