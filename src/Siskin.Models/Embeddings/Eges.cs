using System.Numerics.Tensors;
using Siskin.Models.Training;

namespace Siskin.Models.Embeddings;

/// <summary>Skip-gram with side information: an item's vector is an attention-weighted mean of its own and its attribute values'.</summary>
/// <remarks>
/// Wang et al. 2018, "Billion-scale commodity embedding for e-commerce recommendation in Alibaba", Algorithm 2. Differs
/// from the paper: negatives are drawn by unigram^0.75, and gradients are applied per window, as in <see cref="SkipGram"/>.
/// </remarks>
public static class Eges
{
    /// <summary>Trains on sequences, commonly <see cref="RandomWalks"/> over <see cref="TransitionGraph"/>.</summary>
    /// <param name="sequences">As for <see cref="SkipGram"/>.</param>
    /// <param name="sideInformation">Values of every item, those that do not occur included.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">As for <see cref="SkipGram"/>.</param>
    /// <param name="cancellationToken">As for <see cref="SkipGram"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="SkipGram"/>, or the side information is of another number of items.</exception>
    /// <exception cref="Siskin.Models.Training.TrainingDivergedException">A vector is not finite: the learning rate is too high.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>Values of no trained item keep their random start, which is near 0.</remarks>
    public static EgesModel Train(
        ItemSequences sequences, SideInformation sideInformation, SkipGramOptions options, IProgress<SkipGramProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        if (sideInformation.ItemCount != sequences.ItemCount)
        {
            throw new ArgumentException($"there is side information of {sideInformation.ItemCount} items, and {sequences.ItemCount} items", nameof(sideInformation));
        }

        var vocabulary = new SkipGramVocabulary(sequences, options);
        using var items = new AlignedRows(vocabulary.Items.Length, options.Dimensions);
        using var output = new AlignedRows(vocabulary.Items.Length, options.Dimensions);
        using var values = new AlignedRows(sideInformation.ValueCount, options.Dimensions);
        using var attention = new AlignedRows(vocabulary.Items.Length, 1 + sideInformation.FieldCount);
        items.Initialize(options.Seed, 0);
        values.Initialize(options.Seed, 1);
        var rows = new EgesRows(items, values, attention, sideInformation, vocabulary.Items);
        new SkipGramTrainer(vocabulary, rows, output, options, progress, cancellationToken).Run();
        return Export(rows, values, output, vocabulary, sideInformation, options);
    }

    private static unsafe EgesModel Export(
        EgesRows rows, AlignedRows values, AlignedRows output, SkipGramVocabulary vocabulary, SideInformation sideInformation, SkipGramOptions options)
    {
        var d = options.Dimensions;
        var parts = 1 + sideInformation.FieldCount;
        var shares = new float[vocabulary.Counts.Length * parts];
        using var mixed = new AlignedRows(vocabulary.Items.Length, d);
        for (var row = 0; row < vocabulary.Items.Length; row++)
        {
            if (!vocabulary.Trained[vocabulary.Items[row]])
            {
                continue;
            }

            rows.Load(row, mixed.Row(row));
            rows.Weights(row, shares.AsSpan(vocabulary.Items[row] * parts, parts));
        }

        var valueVectors = new float[values.Count * d];
        for (var value = 0; value < values.Count; value++)
        {
            values.Span(value).CopyTo(valueVectors.AsSpan(value * d));
            if (!TensorPrimitives.IsFiniteAll(values.Span(value)))
            {
                throw new TrainingDivergedException($"the vector of value {value} is not finite; lower the learning rate");
            }
        }

        var embeddings = new ItemEmbeddings(d, SkipGram.Scatter(mixed, vocabulary), SkipGram.Scatter(output, vocabulary), vocabulary.Counts, vocabulary.Trained);
        var model = new EgesModel(embeddings, valueVectors, shares);
        for (var item = 0; item < embeddings.ItemCount; item++)
        {
            if (!embeddings.IsTrained(item))
            {
                model.ColdVector(sideInformation.Item(item), embeddings.Vectors.AsSpan(item * d, d));
            }
        }

        return model;
    }
}
