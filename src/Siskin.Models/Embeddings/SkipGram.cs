using Siskin.Models.Training;

namespace Siskin.Models.Embeddings;

/// <summary>Learns item vectors from sequences: skip-gram with negative sampling (item2vec, and the second half of DeepWalk and node2vec).</summary>
/// <remarks>
/// Mikolov et al. 2013, "Distributed representations of words and phrases and their compositionality"; Barkan and
/// Koenigstein 2016 for items. Differs from them: the vector of a centre is held still over its window and then moved by
/// the sum of the gradients; a negative that is a context of the same centre is passed over.
/// About words · epochs · window · (1 + negatives) · 6 · dimensions floating-point operations before subsampling.
/// </remarks>
public static class SkipGram
{
    /// <summary>Trains from random vectors.</summary>
    /// <param name="sequences">In order of time where <see cref="SkipGramOptions.WholeSequence"/> is off; those with fewer than two ids are passed over.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told about four times a second, on a thread of the training; must return soon.</param>
    /// <param name="cancellationToken">Stops after a few thousand ids; what was trained is lost.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or no two ids that occur often enough stand in one sequence.</exception>
    /// <exception cref="Siskin.Models.Training.TrainingDivergedException">A vector is not finite: the learning rate is too high.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// With one thread the result depends on the seed and the processor's vector width alone; with several, also on the
    /// order in which they write. Memory: 16 bytes · dimensions per item and 8 bytes per id.
    /// </remarks>
    public static ItemEmbeddings Train(
        ItemSequences sequences, SkipGramOptions options, IProgress<SkipGramProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        var vocabulary = new SkipGramVocabulary(sequences, options);
        using var input = new AlignedRows(vocabulary.Items.Length, options.Dimensions);
        using var output = new AlignedRows(vocabulary.Items.Length, options.Dimensions);
        input.Initialize(options.Seed, 0);
        new SkipGramTrainer(vocabulary, new DirectRows(input), output, options, progress, cancellationToken).Run();
        return new ItemEmbeddings(options.Dimensions, Scatter(input, vocabulary), Scatter(output, vocabulary), vocabulary.Counts, vocabulary.Trained);
    }

    /// <summary>Rows in the order of ids; zeros for ids without one.</summary>
    internal static float[] Scatter(AlignedRows rows, SkipGramVocabulary vocabulary)
    {
        var vectors = new float[checked(vocabulary.Counts.Length * rows.Dimensions)];
        for (var row = 0; row < rows.Count; row++)
        {
            var item = vocabulary.Items[row];
            if (!vocabulary.Trained[item])
            {
                continue;
            }

            rows.Span(row).CopyTo(vectors.AsSpan(item * rows.Dimensions));
            foreach (var value in rows.Span(row))
            {
                if (!float.IsFinite(value))
                {
                    throw new TrainingDivergedException($"the vector of item {item} is not finite; lower the learning rate");
                }
            }
        }

        return vectors;
    }
}
