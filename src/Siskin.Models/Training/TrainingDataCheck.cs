using Siskin.Data.Datasets.Columns;
using Siskin.Models.Features;
using Siskin.Models.Graph;

namespace Siskin.Models.Training;

/// <summary>Looks for what would spoil a training, before time is spent on it.</summary>
public static class TrainingDataCheck
{
    /// <summary>Checks raw columns against a schema: rows at all, columns there and of the right kind, numbers finite, features that vary.</summary>
    /// <param name="schema">A sound schema.</param>
    /// <param name="rows">The rows. Labels need not be there.</param>
    /// <param name="hasLabels">Whether labels must be there, 0 or 1 each.</param>
    /// <remarks>A dense feature that never changes is a warning. O(rows · columns).</remarks>
    public static TrainingDataReport Columns(FeatureSchema schema, ColumnTable rows, bool hasLabels = false)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(rows);
        var findings = new List<TrainingDataFinding>();
        if (rows.RowCount == 0)
        {
            findings.Add(new(true, null, -1, "there are no rows"));
        }

        foreach (var field in schema.Fields)
        {
            try
            {
                switch (field)
                {
                    case DenseField dense:
                        Numbers(dense.Source, rows.Numbers(dense.Source), dense.AllowMissing, findings);
                        break;
                    case BucketField:
                        Numbers(field.Source, rows.Numbers(field.Source), true, findings);
                        break;
                    case CategoricalField:
                        _ = rows.Texts(field.Source);
                        break;
                    default:
                        _ = rows.Lists(field.Source);
                        break;
                }
            }
            catch (ArgumentException e)
            {
                findings.Add(new(true, field.Source, -1, e.Message));
            }
        }

        foreach (var label in hasLabels ? schema.Labels : [])
        {
            if (!rows.Contains(label))
            {
                findings.Add(new(true, label, -1, "there is no such column, and it is the label"));
                continue;
            }

            var row = rows.Numbers(label).AsSpan().IndexOfAnyExcept(0f, 1f);
            if (row >= 0)
            {
                findings.Add(new(true, label, row, $"the label is {rows.Numbers(label)[row]}; 0 or 1 is expected"));
            }
        }

        return new(findings);
    }

    /// <summary>Checks examples: some at all, labels of 0 and 1 and both of them, inputs that vary.</summary>
    /// <param name="examples">To train or to judge on. That ids are in range and numbers are finite has been seen to by <see cref="ExampleTable"/>.</param>
    /// <param name="name">What they are called in messages: training, validation.</param>
    /// <param name="labels">Names of the labels that losses ask for, which must be 0 and 1; null for all.</param>
    /// <remarks>Inputs that are the same in all examples are warnings.</remarks>
    public static TrainingDataReport Examples(ExampleTable examples, string name = "training", IReadOnlyList<string>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var findings = new List<TrainingDataFinding>();
        var layout = examples.Layout;
        if (examples.Count == 0)
        {
            findings.Add(new(true, null, -1, $"the {name} part has no examples"));
            return new(findings);
        }

        foreach (var label in labels ?? layout.Labels)
        {
            Labels(examples, layout.Label(label), name, findings);
        }

        for (var field = 0; field < layout.Fields.Count; field++)
        {
            Constant(layout.Fields[field].Name, examples.Ids, field, layout.Fields.Count, name, findings);
        }

        for (var number = 0; number < layout.Numbers.Count; number++)
        {
            Constant(layout.Numbers[number], examples.Numbers, number, layout.Numbers.Count, name, findings);
        }

        for (var sequence = 0; sequence < examples.Sequences.Count; sequence++)
        {
            if (examples.Sequences[sequence].Ids.Length == 0)
            {
                findings.Add(new(false, layout.Sequences[sequence].Name, -1, $"the sequence is empty in all {examples.Count} {name} examples: nothing can be learnt from it"));
            }
        }

        return new(findings);
    }

    private static void Labels(ExampleTable examples, int label, string name, List<TrainingDataFinding> findings)
    {
        var (count, column) = (examples.Layout.Labels.Count, examples.Layout.Labels[label]);
        var positives = 0;
        for (var row = 0; row < examples.Count; row++)
        {
            var value = examples.Labels[(row * (long)count) + label];
            if (value is not (0 or 1))
            {
                findings.Add(new(true, column, row, $"the label is {value}; 0 or 1 is expected in the {name} part"));
                return;
            }

            positives += (int)value;
        }

        if (positives == 0 || positives == examples.Count)
        {
            findings.Add(new(true, column, -1, $"all {examples.Count} labels of the {name} part are {(positives == 0 ? 0 : 1)}; both classes are needed"));
        }
    }

    private static void Numbers(string column, ReadOnlySpan<float> values, bool allowMissing, List<TrainingDataFinding> findings)
    {
        for (var row = 0; row < values.Length; row++)
        {
            if (float.IsInfinity(values[row]) || (float.IsNaN(values[row]) && !allowMissing))
            {
                findings.Add(new(true, column, row, $"the number is {values[row]}; a finite one is expected"));
                return;
            }
        }

        Constant(column, values, 0, 1, "training", findings);
    }

    private static void Constant<T>(string name, ReadOnlySpan<T> values, int column, int columns, string part, List<TrainingDataFinding> findings)
        where T : IEquatable<T>
    {
        for (var i = column; i < values.Length; i += columns)
        {
            if (!values[i].Equals(values[column]))
            {
                return;
            }
        }

        if (values.Length > columns)
        {
            findings.Add(new(false, name, -1, $"the feature is {values[column]} in all {values.Length / columns} rows of the {part} part: nothing can be learnt from it"));
        }
    }
}
