namespace Siskin.Models.Features;

/// <summary>A number to a feature: transform and standardisation, or a bucket. Immutable.</summary>
internal sealed class NumberCode(DenseTransform transform, double mean, double deviation, float[] edges)
{
    public DenseTransform Transform => transform;

    public double Mean => mean;

    public double Deviation => deviation;

    public float[] Edges => edges;

    public static NumberCode Fit(DenseField field, float[] values)
    {
        var isLog = field.Transform is DenseTransform.Log or DenseTransform.LogStandardize;
        var (mean, squares, count) = (0.0, 0.0, 0);
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                // Welford's update: exact enough for long columns with a large mean.
                var x = isLog ? SignedLog(value) : value;
                var difference = x - mean;
                mean += difference / ++count;
                squares += difference * (x - mean);
            }
        }

        var deviation = count > 0 ? Math.Sqrt(squares / count) : 0;
        return new(field.Transform, mean, deviation > 1e-9 * Math.Max(1e-30, Math.Abs(mean)) ? deviation : 0, []);
    }

    public static NumberCode Fit(BucketField field, float[] values)
    {
        var sorted = Array.FindAll(values, float.IsFinite);
        Array.Sort(sorted);
        var edges = new List<float>();
        for (var k = 1L; k < field.Buckets && sorted.Length > 0; k++)
        {
            var edge = sorted[(int)(k * sorted.Length / field.Buckets)];
            if (edge > (edges.Count > 0 ? edges[^1] : sorted[0]))
            {
                edges.Add(edge);
            }
        }

        return new(DenseTransform.None, 0, 0, [.. edges]);
    }

    public float Encode(float value)
    {
        if (!float.IsFinite(value))
        {
            return transform is DenseTransform.None or DenseTransform.Log ? (float)mean : 0;
        }

        return transform switch
        {
            DenseTransform.None => value,
            DenseTransform.Log => (float)SignedLog(value),
            _ when deviation == 0 => 0,
            DenseTransform.LogStandardize => (float)((SignedLog(value) - mean) / deviation),
            _ => (float)((value - mean) / deviation),
        };
    }

    public int Bucket(float value)
    {
        if (!float.IsFinite(value))
        {
            return 0;
        }

        var (low, high) = (0, edges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = edges[middle] <= value ? (middle + 1, high) : (low, middle);
        }

        return low + 1;
    }

    private static double SignedLog(double value) => Math.CopySign(Math.Log(1 + Math.Abs(value)), value);
}
