using System.Diagnostics;

namespace Siskin.Models.Embeddings;

/// <summary>Runs the epochs: hands each thread its part of the sequences, keeps the learning rate, progress and cancellation.</summary>
internal sealed class SkipGramTrainer(
    SkipGramVocabulary vocabulary, HiddenRows hidden, AlignedRows output, SkipGramOptions options, IProgress<SkipGramProgress>? progress, CancellationToken cancellationToken)
{
    private const int ReportMilliseconds = 250;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _total = (long)vocabulary.Rows.Length * options.Epochs;
    private readonly Lock _reportLock = new();
    private long _words;
    private double _lossSum;
    private long _lossCount;
    private long _nextReport = ReportMilliseconds;

    public void Run()
    {
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        threads = Math.Min(threads, vocabulary.Starts.Length - 1);
        if (threads == 1)
        {
            new SkipGramWorker(this, vocabulary, hidden, output, options, 0).Run(0, vocabulary.Starts.Length - 1);
        }
        else
        {
            RunParallel(threads);
        }

        Report();
    }

    /// <summary>Called by workers every few thousand ids; gives the learning rate to go on with.</summary>
    public float Advance(int words, double lossSum, int lossCount)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_reportLock)
        {
            _words += words;
            _lossSum += lossSum;
            _lossCount += lossCount;
            if (Stopwatch.GetElapsedTime(_start).TotalMilliseconds >= _nextReport)
            {
                Report();
                _nextReport = (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds + ReportMilliseconds;
            }

            return options.LearningRate * (1 - (float)((double)_words / _total));
        }
    }

    private void Report()
    {
        progress?.Report(new(_words, _total, _lossCount > 0 ? _lossSum / _lossCount : double.NaN, Stopwatch.GetElapsedTime(_start)));
        _lossSum = 0;
        _lossCount = 0;
    }

    // Threads of our own, not the pool's: each must run from the first step, or the learning rate would fall
    // before a late one has begun. Parts hold about as many ids each.
    private void RunParallel(int count)
    {
        var starts = vocabulary.Starts;
        var threads = new Thread[count];
        var errors = new Exception?[count];
        var first = 0;
        for (var i = 0; i < count; i++)
        {
            var end = first;
            var target = (long)vocabulary.Rows.Length * (i + 1) / count;
            while (end < starts.Length - 1 && (starts[end] < target || i == count - 1))
            {
                end++;
            }

            var (index, from, to) = (i, first, end);
            first = end;
            threads[i] = new Thread(() =>
            {
                try
                {
                    new SkipGramWorker(this, vocabulary, hidden, output, options, index).Run(from, to);
                }
                catch (Exception error)
                {
                    errors[index] = error;
                }
            });
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        cancellationToken.ThrowIfCancellationRequested();
        var failures = errors.OfType<Exception>().ToArray();
        if (failures.Length > 0)
        {
            throw new AggregateException(failures);
        }
    }
}
