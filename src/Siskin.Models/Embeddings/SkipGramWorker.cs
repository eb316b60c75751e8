namespace Siskin.Models.Embeddings;

/// <summary>One thread's way over its sequences.</summary>
internal sealed unsafe class SkipGramWorker(
    SkipGramTrainer trainer, SkipGramVocabulary vocabulary, HiddenRows hidden, AlignedRows output, SkipGramOptions options, int thread)
{
    private const int WordsPerAdvance = 4096;

    // The loss needs a logarithm for each pair; one window in this many is enough for a mean.
    private const int WindowsPerLoss = 64;

    // Contexts taken in one step; longer windows take several.
    private const int ContextsPerStep = 64;

    // How many rows ahead memory is asked for.
    private const int Ahead = 3;
    private readonly int[] _targets = new int[ContextsPerStep * (1 + options.Negatives)];
    private readonly AlignedRows _scratch = new(2, output.Dimensions);
    private readonly int _length = output.Stride;
    private RandomStream _random = new(options.Seed, 2 + (long)thread);
    private float _rate = options.LearningRate;
    private double _lossSum;
    private int _lossCount;
    private int _windows;

    public void Run(int firstSequence, int endSequence)
    {
        var starts = vocabulary.Starts;
        var longest = 0;
        for (var sequence = firstSequence; sequence < endSequence; sequence++)
        {
            longest = Math.Max(longest, starts[sequence + 1] - starts[sequence]);
        }

        var kept = new int[longest];
        var words = 0;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            for (var sequence = firstSequence; sequence < endSequence; sequence++)
            {
                var rows = vocabulary.Rows.AsSpan(starts[sequence]..starts[sequence + 1]);
                words += rows.Length;
                if (words >= WordsPerAdvance)
                {
                    Advance(words);
                    words = 0;
                }

                Train(kept.AsSpan(0, Subsample(rows, kept)));
            }
        }

        Advance(words);
        _scratch.Dispose();
    }

    private void Advance(int words)
    {
        _rate = trainer.Advance(words, _lossSum, _lossCount);
        _lossSum = 0;
        _lossCount = 0;
    }

    private int Subsample(ReadOnlySpan<int> rows, int[] kept)
    {
        if (options.Subsampling == 0)
        {
            rows.CopyTo(kept);
            return rows.Length;
        }

        var count = 0;
        foreach (var row in rows)
        {
            if ((uint)_random.Next() <= vocabulary.Keep[row])
            {
                kept[count++] = row;
            }
        }

        return count;
    }

    private void Train(ReadOnlySpan<int> rows)
    {
        for (var centre = 0; centre < rows.Length; centre++)
        {
            var reach = options.WholeSequence ? rows.Length : 1 + _random.Next(options.Window);
            var first = Math.Max(0, centre - reach);
            var end = Math.Min(rows.Length, centre + reach + 1);
            if (centre + 1 < rows.Length)
            {
                hidden.Prefetch(rows[centre + 1]);
            }

            while (first < end)
            {
                var contexts = 0;
                for (; first < end && contexts < ContextsPerStep; first++)
                {
                    if (first != centre)
                    {
                        _targets[contexts++] = rows[first];
                    }
                }

                if (contexts > 0)
                {
                    Step(rows[centre], contexts, DrawNegatives(contexts));
                }
            }
        }
    }

    private int DrawNegatives(int contexts)
    {
        var count = options.ShareNegatives ? options.Negatives : options.Negatives * contexts;
        ReadOnlySpan<uint> thresholds = vocabulary.NegativeThresholds;
        ReadOnlySpan<int> aliases = vocabulary.NegativeAliases;
        for (var i = contexts; i < contexts + count; i++)
        {
            _targets[i] = AliasTable.Draw(thresholds, aliases, ref _random);
        }

        return count;
    }

    // The hidden vector stands still over one window and moves by the sum of its gradients, which a row of its own gathers.
    private void Step(int centre, int contexts, int negatives)
    {
        var scratch = _scratch.Row(0);
        var gradient = _scratch.Row(1);
        new Span<float>(gradient, _length).Clear();
        var h = hidden.Load(centre, scratch);
        var withLoss = _windows++ % WindowsPerLoss == 0;
        var negativeWeight = options.ShareNegatives ? contexts : 1f;
        ReadOnlySpan<int> targets = _targets.AsSpan(0, contexts + negatives);
        for (var i = 0; i < Math.Min(Ahead, targets.Length); i++)
        {
            SkipGramKernel.Prefetch(output.Row(targets[i]), _length);
        }

        for (var i = 0; i < targets.Length; i++)
        {
            if (i + Ahead < targets.Length)
            {
                SkipGramKernel.Prefetch(output.Row(targets[i + Ahead]), _length);
            }

            var isContext = i < contexts;
            if (!isContext && targets[..contexts].Contains(targets[i]))
            {
                continue;
            }

            var o = output.Row(targets[i]);
            var score = SkipGramKernel.Dot(h, o, _length);
            var sigmoid = SigmoidTable.Sigmoid(score);
            var step = _rate * (isContext ? 1 - sigmoid : -negativeWeight * sigmoid);
            SkipGramKernel.Update(h, gradient, o, _length, step);
            if (withLoss)
            {
                _lossSum += (isContext ? 1 : negativeWeight) * SkipGramReference.Loss(score, isContext);
            }
        }

        if (withLoss)
        {
            _lossCount += contexts;
        }

        hidden.Apply(centre, gradient, scratch);
    }
}
