using System.Diagnostics;
using System.Globalization;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Benchmarks.Models;

/// <summary>Products of square matrices beside the processor's peak of fused multiply-adds, both on one thread in the same run.</summary>
internal static unsafe class GemmConsole
{
    private const int Rounds = 5;
    private const double RoundSeconds = 0.1;

    public static void Run()
    {
        Console.WriteLine("| n | peak, GFlop/s | A·B, GFlop/s | / peak | with B packed each time | / peak | Aᵀ·B | / peak |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var n in new[] { 256, 384, 512, 768, 1024 })
        {
            var peak = PeakFlops.Measure(1, 3);
            var random = new Random(1);
            var a = new float[n * n];
            var b = new float[n * n];
            var c = new float[n * n];
            var packed = new float[PackedMatrix.LengthOf(n, n)];
            for (var i = 0; i < a.Length; i++)
            {
                (a[i], b[i]) = (random.NextSingle(), random.NextSingle());
            }

            fixed (float* pa = a, pb = b, pc = c, pp = packed)
            {
                var (left, right, target) = ((nint)pa, (nint)pb, (nint)pc);
                var matrix = new PackedMatrix(pp, n, n);
                matrix.Fill(pb, n, 0, n);
                var product = Measure(n, () => Gemm.Multiply((float*)left, n, matrix, n, (float*)target, n, add: false));
                var whole = Measure(n, () =>
                {
                    matrix.Fill((float*)right, n, 0, n);
                    Gemm.Multiply((float*)left, n, matrix, n, (float*)target, n, add: false);
                });
                var transposed = Measure(n, () => Gemm.MultiplyTransposed((float*)left, n, (float*)right, n, n, n, n, (float*)target, n, add: false));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {n} | {peak:F0} | {product:F0} | {product / peak:P0} | {whole:F0} | {whole / peak:P0} | {transposed:F0} | {transposed / peak:P0} |"));
            }
        }
    }

    // Median of rounds, in GFlop/s.
    private static double Measure(int n, Action multiply)
    {
        var rates = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var (watch, count) = (Stopwatch.StartNew(), 0);
            while (watch.Elapsed.TotalSeconds < RoundSeconds)
            {
                multiply();
                count++;
            }

            rates[round] = 2.0 * n * n * n * count / watch.Elapsed.TotalSeconds / 1e9;
        }

        Array.Sort(rates);
        return rates[Rounds / 2];
    }
}
