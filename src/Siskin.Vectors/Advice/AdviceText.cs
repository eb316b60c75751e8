using System.Globalization;

namespace Siskin.Vectors.Advice;

/// <summary>Figures as people read them.</summary>
internal static class AdviceText
{
    public static string Bytes(long bytes) => bytes switch
    {
        >= 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F0} GB"),
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB"),
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB"),
        >= 100_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB"),
    };

    public static string Time(double microseconds) => microseconds switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{Digits(microseconds / 1e6)} s"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{Digits(microseconds / 1e3)} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Digits(microseconds)} µs"),
    };

    public static string Seconds(double seconds) => seconds switch
    {
        >= 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h"),
        >= 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F1} min"),
        >= 0.1 => string.Create(CultureInfo.InvariantCulture, $"{Digits(seconds)} s"),
        _ => "< 0.1 s",
    };

    // Cut off, not rounded: 0.9497 does not reach 0.95, and must not look as if it did.
    public static string Recall(double recall) =>
        (Math.Floor((recall * 10_000) + 1e-6) / 10_000).ToString(recall >= 1 ? "F0" : "0.00##", CultureInfo.InvariantCulture);

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 100_000 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1000:N0}k"),
        >= 10 => perSecond.ToString("N0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("0.##", CultureInfo.InvariantCulture),
    };

    public static string Measure(LatencyMeasure measure) => measure == LatencyMeasure.Mean ? "mean" : "p99";

    private static string Digits(double value) => value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
