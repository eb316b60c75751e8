using System.Runtime.InteropServices;
using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

public sealed class VectorSampleTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.fvecs");

    public VectorSampleTests()
    {
        // Row i is (i, −i).
        using var file = File.Create(_path);
        for (var i = 0; i < 5000; i++)
        {
            file.Write(MemoryMarshal.AsBytes<int>([2]));
            file.Write(MemoryMarshal.AsBytes<float>([i, -i]));
        }
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Rows_are_kept_whole_once_and_from_all_over_the_file()
    {
        var sample = VectorSample.Read(_path, 1000, seed: 3, out var total);

        Assert.Equal(5000, total);
        Assert.Equal(1000, sample.Count);
        var numbers = Enumerable.Range(0, 1000).Select(row => sample[row][0]).ToArray();
        Assert.Equal(1000, numbers.Distinct().Count());
        Assert.All(Enumerable.Range(0, 1000), row => Assert.Equal(-sample[row][0], sample[row][1]));

        // The mean of 1,000 of 0 to 4,999 has a deviation of 41.
        Assert.InRange(numbers.Average(), 2300, 2700);
        Assert.Equal(sample.Rows.ToArray(), VectorSample.Read(_path, 1000, seed: 3, out _).Rows.ToArray());
        Assert.NotEqual(sample.Rows.ToArray(), VectorSample.Read(_path, 1000, seed: 4, out _).Rows.ToArray());
    }

    [Fact]
    public void All_rows_are_kept_when_there_are_no_more()
    {
        var sample = VectorSample.Read(_path, 6000, seed: 3, out var total);

        Assert.Equal((5000, 5000), (total, sample.Count));
        Assert.Equal(4999, sample[4999][0]);
    }
}
