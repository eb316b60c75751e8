using System.Buffers;
using Siskin.Inference.Ranking;
using Siskin.Inference.Registry;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Serving;
using Siskin.Models.Scoring;
using Siskin.Vectors;

namespace Siskin.Inference.Native;

/// <summary>Ranks with a graph compiled for a release: what is the item's own has been computed, what is the user's is computed once a request.</summary>
/// <remarks>Items come from the mapping's items and tags, the user from its history, id and constants; features belong to both. Completes synchronously; allocates nothing but what it rents.</remarks>
internal sealed class CompiledScorer : IScorer
{
    private readonly CompiledGraph _compiled;
    private readonly FeatureMapping _mapping;
    private readonly int _items;
    private readonly (InputFiller Filler, int Column)[] _crossNumbers;
    private readonly (InputFiller Filler, int Field)[] _userIds;
    private readonly (InputFiller Filler, int Sequence)[] _histories;
    private readonly bool _isProbability;

    /// <exception cref="ModelFormatException">The mapping fits neither the model nor what there is.</exception>
    public CompiledScorer(ModelGraph graph, IServable servable, FeatureMapping mapping, ScorerContext context, string folder)
    {
        var path = Path.Combine(folder, FeatureMapping.FileName);
        mapping.CheckAgainst(servable, path);
        var output = mapping.OutputOf(servable, path).Name;
        if (mapping.Column < 0 || mapping.Column >= graph.OutputWidth)
        {
            throw new ModelFormatException(path, -1, $"column {mapping.Column} is wanted; the model has {graph.OutputWidth}");
        }

        (_mapping, _items, FeatureCount) = (mapping, context.Items.Count, context.Features.Count);
        _isProbability = mapping.IsLogit || output == "probabilities";
        var layout = graph.Layout;
        var fillers = mapping.Inputs.ToDictionary(input => input.Input, input => new InputFiller(input, servable.Inputs.First(own => own.Name == input.Input), context, folder), StringComparer.Ordinal);
        bool Is(string name, params ReadOnlySpan<InputSource> sources) => sources.Contains(fillers[name].Mapping.From);
        var names = layout.Fields.Select(field => field.Name).Concat(layout.Sequences.Select(sequence => sequence.Name)).ToArray();
        foreach (var name in names.Where(name => Is(name, InputSource.Features)))
        {
            throw new ModelFormatException(path, -1, $"the input '{name}' takes ids, which features are not");
        }

        var sides = new GraphSides
        {
            User = [.. names.Where(name => Is(name, InputSource.User, InputSource.History, InputSource.Constant))],
            Item = [.. names.Where(name => Is(name, InputSource.Item, InputSource.Tags))],
        };
        _compiled = GraphCompiler.Compile(graph, sides, Items(layout, fillers, _items));
        _userIds = [.. layout.Fields.Index().Where(field => sides.User.Contains(field.Item.Name)).Select(field => (fillers[field.Item.Name], field.Index))];
        _histories = [.. layout.Sequences.Index().Where(sequence => sides.User.Contains(sequence.Item.Name)).Select(sequence => (fillers[sequence.Item.Name], sequence.Index))];
        _crossNumbers = [.. _compiled.CrossNumbers.Select(number => (fillers[layout.Numbers[number]], 0))];
        foreach (var (filler, _) in _userIds)
        {
            var field = layout.Fields[layout.Field(filler.Mapping.Input)];
            if (filler.Mapping.From is not (InputSource.User or InputSource.Constant))
            {
                throw new ModelFormatException(path, -1, $"the input '{field.Name}' takes one id, which a history is not");
            }
        }
    }

    public int FeatureCount { get; }

    public int Heads => 1;

    public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
    {
        if (batch.FeatureCount != FeatureCount || batch.Heads != 1 || batch.Items.Length != batch.Count)
        {
            throw new ArgumentException($"the batch has {batch.FeatureCount} features, {batch.Heads} heads and {batch.Items.Length} items for {batch.Count} candidates; {FeatureCount}, 1 and all are needed", nameof(batch));
        }

        var (n, width, outputs) = (batch.Count, _crossNumbers.Length, _compiled.OutputWidth);
        var numbers = ArrayPool<float>.Shared.Rent(n * width);
        var logits = ArrayPool<float>.Shared.Rent(n * outputs);
        var ids = ArrayPool<int>.Shared.Rent(n);
        try
        {
            using var session = _compiled.Rent();
            SetUser(session, batch);
            var rows = batch.Items.Span;
            var features = batch.Features.Span;
            for (var i = 0; i < n; i++)
            {
                ids[i] = Math.Min(rows[i], _items);
                var own = features.Slice(i * FeatureCount, FeatureCount);
                for (var f = 0; f < width; f++)
                {
                    var (filler, column) = _crossNumbers[f];
                    numbers[(i * width) + f] = filler.Mapping.From == InputSource.Constant ? (float)filler.Mapping.Value : filler.Scaled(own, column);
                }
            }

            session.Score(ids.AsSpan(0, n), [], numbers.AsSpan(0, n * width), logits.AsSpan(0, n * outputs));
            var scores = batch.Scores.Span;
            for (var i = 0; i < n; i++)
            {
                var logit = logits[(i * outputs) + _mapping.Column];
                scores[i] = _isProbability ? 1 / (1 + MathF.Exp(-(logit + _mapping.Shift))) : logit;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
            ArrayPool<float>.Shared.Return(logits);
            ArrayPool<int>.Shared.Return(ids);
        }

        return ValueTask.CompletedTask;
    }

    private void SetUser(ServingSession session, in ScoringBatch batch)
    {
        foreach (var (filler, field) in _userIds)
        {
            session.UserIds[field] = (int)(filler.Mapping.From == InputSource.Constant ? (long)filler.Mapping.Value : filler.UserOf(batch.User));
        }

        foreach (var (filler, sequence) in _histories)
        {
            var rows = batch.History.Span;
            rows = rows[Math.Max(0, rows.Length - filler.Mapping.Length)..];
            var ids = ArrayPool<int>.Shared.Rent(rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                ids[i] = (int)filler.ItemOf(rows[i]);
            }

            session.SetUserSequence(sequence, ids.AsSpan(0, rows.Length));
            ArrayPool<int>.Shared.Return(ids);
        }
    }

    // One example for each item, and one behind them for those that the release does not know.
    private static ExampleTable Items(ExampleLayout layout, Dictionary<string, InputFiller> fillers, int items)
    {
        var (n, fields) = (items + 1, layout.Fields.Count);
        var ids = new int[n * fields];
        for (var f = 0; f < fields; f++)
        {
            var filler = fillers[layout.Fields[f].Name];
            for (var i = 0; i < n && filler.Mapping.From == InputSource.Item; i++)
            {
                ids[(i * fields) + f] = checked((int)filler.ItemOf(i));
            }
        }

        var sequences = layout.Sequences.Select(sequence =>
        {
            var filler = fillers[sequence.Name];
            var (offsets, tags) = (new int[n + 1], new List<int>());
            for (var i = 0; i < n; i++)
            {
                if (filler.Mapping.From == InputSource.Tags)
                {
                    foreach (var tag in filler.TagsOf(i)[..Math.Min(sequence.MaxLength, filler.TagsOf(i).Length)])
                    {
                        tags.Add(checked((int)tag));
                    }
                }

                offsets[i + 1] = tags.Count;
            }

            return new IdSequences(offsets, [.. tags]);
        }).ToArray();
        return new ExampleTable(layout, n, ids, new float[n * layout.Numbers.Count], sequences, new float[n * layout.Labels.Count]);
    }
}
