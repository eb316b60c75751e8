using Siskin.Inference.Pmml.Fields;
using Siskin.Inference.Pmml.Models;

namespace Siskin.Inference.Pmml;

/// <summary>Scores rows with a model, one after the other. Not thread-safe; made by <see cref="PmmlModel.CreateScorer"/>.</summary>
public sealed class PmmlScorer
{
    private readonly PmmlModel _model;
    private readonly PmmlFrame _frame;

    internal PmmlScorer(PmmlModel model)
    {
        _model = model;
        _frame = new PmmlFrame(model.Slots);
    }

    /// <summary>Scores a row of texts.</summary>
    /// <param name="inputs">A text for each of the model's inputs; null for a missing value.</param>
    /// <param name="outputs">Output, a text for each of the model's outputs; null where it gives none.</param>
    /// <param name="reason">Why the row was not scored, by what the document says of invalid values; null when it was.</param>
    /// <param name="actual">The value of the predicted field, where an output compares with it.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Score(ReadOnlySpan<string?> inputs, Span<string?> outputs, out string? reason, string? actual = null)
    {
        Check(inputs.Length, outputs.Length);
        outputs.Clear();
        _frame.Clear();
        reason = null;
        for (var i = 0; i < inputs.Length; i++)
        {
            var (field, treatment) = _model.InputFields[i];
            _frame.Set(field.Slot, Read(inputs[i], field, treatment, out var own));
            reason ??= own;
        }

        if (reason is not null)
        {
            return;
        }

        if (_model.Target is { } target)
        {
            _frame.Set(target.Slot, actual is null || target.MissingTexts.Contains(actual) ? PmmlValue.Missing : PmmlTypes.Parse(actual, target.DataType, _model.Symbols) ?? PmmlValue.Missing);
        }

        Write(_model.Unit.Evaluate(_frame), outputs);
    }

    /// <summary>Scores a row of numbers and gives the prediction and the outputs that are numbers.</summary>
    /// <param name="inputs">A number for each of the model's inputs; NaN for a missing value.</param>
    /// <param name="outputs">Output, a number for each of the model's outputs; NaN where there is none.</param>
    /// <param name="reason">Why the row was not scored, by what the document says of invalid values; null when it was.</param>
    /// <exception cref="ArgumentException">A length is wrong, or an input is not one of numbers.</exception>
    public void Score(ReadOnlySpan<double> inputs, Span<double> outputs, out string? reason)
    {
        Check(inputs.Length, outputs.Length);
        outputs.Fill(double.NaN);
        _frame.Clear();
        reason = null;
        for (var i = 0; i < inputs.Length; i++)
        {
            var (field, treatment) = _model.InputFields[i];
            if (field.DataType == PmmlDataType.String)
            {
                throw new ArgumentException($"'{field.Name}' is a text", nameof(inputs));
            }

            _frame.Set(field.Slot, treatment.Apply(PmmlValue.Of(field.DataType == PmmlDataType.Float ? (float)inputs[i] : inputs[i]), out var own));
            reason ??= own;
        }

        if (reason is not null)
        {
            return;
        }

        var result = _model.Unit.Evaluate(_frame);
        var at = 0;
        if (_model.HasPrediction)
        {
            outputs[at++] = Number(result.Prediction);
        }

        foreach (var output in _model.Unit.Outputs)
        {
            if (output.IsFinal)
            {
                outputs[at++] = Number(_frame.Get(output.Field.Slot));
            }
        }
    }

    private static double Number(PmmlValue value) => value.Text is null ? value.Number : PmmlTypes.Number(value.Text, out var number) ? number : double.NaN;

    private PmmlValue Read(string? text, PmmlField field, FieldTreatment treatment, out string? reason)
    {
        var value = PmmlValue.Missing;
        if (text is not null && !field.MissingTexts.Contains(text) && (text.Length > 0 || field.DataType == PmmlDataType.String))
        {
            var read = field.Count is { } count ? count(text) is { } counted ? PmmlValue.Of(counted) : null : PmmlTypes.Parse(text, field.DataType, _model.Symbols);
            if (read is null)
            {
                return treatment.Unreadable(text, out reason);
            }

            value = read.Value;
        }

        return treatment.Apply(value, out reason);
    }

    private void Write(PmmlResult result, Span<string?> outputs)
    {
        var at = 0;
        if (_model.HasPrediction)
        {
            outputs[at++] = Text(result.Prediction, _model.Target?.DataType ?? PmmlDataType.String);
        }

        foreach (var output in _model.Unit.Outputs)
        {
            if (output.IsFinal)
            {
                outputs[at++] = Text(_frame.Get(output.Field.Slot), output.Field.DataType);
            }
        }
    }

    private static string? Text(PmmlValue value, PmmlDataType type)
    {
        if (value.IsMissing)
        {
            return null;
        }

        return value.Text is null && type == PmmlDataType.Boolean ? value.Number != 0 ? "true" : "false" : PmmlTypes.Text(value);
    }

    private void Check(int inputs, int outputs)
    {
        if (inputs != _model.Inputs.Count || outputs != _model.Outputs.Count)
        {
            throw new ArgumentException($"the model has {_model.Inputs.Count} inputs and {_model.Outputs.Count} outputs, not {inputs} and {outputs}");
        }
    }
}
