using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Benchmarks.Factorization;

/// <summary>Time and quality of iALS on real files.</summary>
internal static class ImplicitAlsConsole
{
    /// <summary>Prints the time of an epoch, and how far it is from what the processor could do.</summary>
    public static void MeasureEpochs(string trainPath, int dimensions)
    {
        var matrix = InteractionFile.ToMatrices(InteractionFile.Read(trainPath))[0];
        var times = new EpochTimes();
        ImplicitAls.Train(matrix, new ImplicitAlsOptions { Dimensions = dimensions, Epochs = 24 }, times);
        var seconds = times.Median(warmup: 5);
        var flop = FlopPerEpoch(matrix, dimensions);
        var peak = PeakFlops.Measure(Environment.ProcessorCount);
        Console.WriteLine($"{matrix.RowCount:N0} users × {matrix.ColumnCount:N0} items, {matrix.Count:N0} interactions, d = {dimensions}, {Environment.ProcessorCount} processors");
        Console.WriteLine($"epoch       {seconds:F4} s (median of {times.Count - 5} after 5)");
        Console.WriteLine($"arithmetic  {flop / 1e9:F2} GFlop per epoch (symmetric products counted once)");
        Console.WriteLine($"achieved    {flop / seconds / 1e9:F1} GFlop/s");
        Console.WriteLine($"peak        {peak:F1} GFlop/s (fused multiply-adds on registers, all processors)");
        Console.WriteLine($"ratio       {flop / seconds / 1e9 / peak:P1}");
    }

    /// <summary>Chooses settings on a tenth of each user's train items, retrains on all of them, and prints the figures on test.</summary>
    /// <param name="trainPath">One line per user.</param>
    /// <param name="testPath">The same for what is held back.</param>
    /// <param name="dimensions">To choose from.</param>
    /// <param name="maxTrials">Settings to try.</param>
    public static void Tune(string trainPath, string testPath, int[] dimensions, int maxTrials)
    {
        var train = InteractionFile.Read(trainPath);
        var split = DataSplits.PerUserRandom(train, 0.1, seed: 1);
        var matrices = InteractionFile.ToMatrices(train, InteractionFile.Read(testPath), split.Train, split.Test);
        var options = new ImplicitAlsTunerOptions
        {
            Dimensions = dimensions,
            MaxTrials = maxTrials,
            UnobservedWeights = [0.03f, 0.1f, 0.3f, 1f],
            Regularizations = [0.001f, 0.003f, 0.01f, 0.03f],
            Exponents = [1, 0.5f, 0],
        };
        var tuning = ImplicitAlsTuner.Tune(matrices[2], matrices[3], options, null, new Printer());
        Console.WriteLine($"best: {Describe(tuning.Best)}");
        PrintTest(matrices[0], matrices[1], tuning.Best);
    }

    private static void PrintTest(InteractionMatrix train, InteractionMatrix test, ImplicitAlsOptions options)
    {
        var model = ImplicitAls.Train(train, options);
        var figures = FullRanking.Evaluate(train, test, model.ScoreInto, [20]).At(20);
        Console.WriteLine($"test: Recall@20 {figures.Recall:F4}  NDCG@20 {figures.Ndcg:F4}  coverage {figures.Coverage:F3}");
    }

    private static string Describe(ImplicitAlsOptions options) =>
        $"d {options.Dimensions}, α0 {options.UnobservedWeight:G4}, λ {options.Regularization:G4}, ν {options.Exponent:G4}, epochs {options.Epochs}";

    private static double FlopPerEpoch(InteractionMatrix matrix, double d)
    {
        // Products n·d(d+1), right sides 2·n·d, Gramians, factorisations d³/3, triangular solves 2·d², for both sides.
        double rows = matrix.RowCount + matrix.ColumnCount;
        return (2.0 * matrix.Count * ((d * (d + 1)) + (2 * d))) + (rows * ((d * (d + 1)) + (d * d * d / 3) + (2 * d * d)));
    }

    private sealed class EpochTimes : IProgress<ImplicitAlsProgress>
    {
        private readonly List<TimeSpan> _elapsed = [];

        public int Count => _elapsed.Count;

        public void Report(ImplicitAlsProgress value) => _elapsed.Add(value.Elapsed);

        public double Median(int warmup)
        {
            var times = new List<double>();
            for (var i = warmup; i < _elapsed.Count; i++)
            {
                times.Add((_elapsed[i] - _elapsed[i - 1]).TotalSeconds);
            }

            times.Sort();
            return times[times.Count / 2];
        }
    }

    private sealed class Printer : IProgress<ImplicitAlsTrial>
    {
        public void Report(ImplicitAlsTrial value) =>
            Console.WriteLine($"{value.Elapsed.TotalSeconds,7:F1} s  {Describe(value.Options)}: {value.Metric:F4}");
    }
}
