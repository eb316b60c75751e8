using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;
using Siskin.Vectors;

namespace Siskin.Inference.Ranking;

/// <summary>Ranks with any model, in this process or another: fills its inputs and takes the score from one of its outputs.</summary>
internal sealed class MappedScorer : IScorer
{
    private readonly IServable _servable;
    private readonly FeatureMapping _mapping;
    private readonly InputFiller[] _fillers;
    private readonly string[] _outputs;

    /// <exception cref="ModelFormatException">The mapping fits neither the model nor what there is.</exception>
    public MappedScorer(IServable servable, FeatureMapping mapping, ScorerContext context, string folder)
    {
        (_servable, _mapping) = (servable, mapping);
        var path = Path.Combine(folder, FeatureMapping.FileName);
        mapping.CheckAgainst(servable, path);
        _fillers = [.. mapping.Inputs.Select(input => new InputFiller(input, servable.Inputs.First(own => own.Name == input.Input), context, folder))];
        _outputs = [mapping.OutputOf(servable, path).Name];
        FeatureCount = context.Features.Count;
    }

    public int FeatureCount { get; }

    public int Heads => 1;

    public async ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
    {
        var inputs = new Tensor[_fillers.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = _fillers[i].Fill(batch);
        }

        try
        {
            var outputs = await _servable.RunAsync(inputs, _outputs, cancellationToken).ConfigureAwait(false);
            Take(outputs[0], batch);
        }
        catch (ServableException e) when (e.Error == ServableError.DeadlineExceeded)
        {
            throw new TimeoutException(e.Message, e);
        }
    }

    private void Take(Tensor output, in ScoringBatch batch)
    {
        var columns = batch.Count == 0 ? 1 : output.Count / batch.Count;
        if (output.Count != (long)batch.Count * columns || (batch.Count > 0 && (output.Shape is not [var rows, ..] || rows != batch.Count)) || _mapping.Column >= columns)
        {
            throw new ServableException(ServableError.Internal, $"the model gave {output} for {batch.Count} candidates, of which column {_mapping.Column} was to be taken");
        }

        var scores = batch.Scores.Span;
        for (var i = 0; i < scores.Length; i++)
        {
            var at = (i * columns) + _mapping.Column;
            var value = output.Type switch
            {
                TensorType.Float32 => output.Values<float>()[at],
                TensorType.Float64 => (float)output.Values<double>()[at],
                TensorType.Float16 => (float)output.Values<Half>()[at],
                _ => throw new ServableException(ServableError.Internal, $"the output {output} is not one of numbers"),
            };
            scores[i] = _mapping.IsLogit ? 1 / (1 + MathF.Exp(-(value + _mapping.Shift))) : value;
        }
    }
}
