using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Interactions;

public sealed class InteractionMatrixTests
{
    [Fact]
    public void Rows_are_sorted_and_repeated_interactions_keep_the_largest_weight()
    {
        var matrix = InteractionMatrix.FromInteractions([new(1, 3, 2, 0), new(0, 2, 1, 0), new(1, 0, 1, 0), new(1, 3, 5, 0), new(1, 3, 4, 0)], 3, 4);
        Assert.Equal([0, 1, 3, 3], matrix.RowStarts);
        Assert.Equal([2, 0, 3], matrix.Columns);
        Assert.Equal([1f, 1, 5], matrix.Values);
        Assert.Equal((3, 4, 3, false), (matrix.RowCount, matrix.ColumnCount, matrix.Count, matrix.IsBinary));
        Assert.Equal(2, matrix.Row(1).Length);
        Assert.Equal(0, matrix.Row(2).Length);
    }

    [Fact]
    public void Transposing_twice_gives_the_matrix_back()
    {
        var random = new Random(1);
        var interactions = Enumerable.Range(0, 300).Select(_ => new Interaction(random.Next(20), random.Next(30), random.Next(1, 4), 0)).ToArray();
        var matrix = InteractionMatrix.FromInteractions(interactions, 20, 30);
        var transposed = matrix.Transpose();
        Assert.Equal((30, 20), (transposed.RowCount, transposed.ColumnCount));
        var again = transposed.Transpose();
        Assert.Equal(matrix.RowStarts, again.RowStarts);
        Assert.Equal(matrix.Columns, again.Columns);
        Assert.Equal(matrix.Values, again.Values);
    }

    [Fact]
    public void An_empty_matrix_is_allowed()
    {
        var matrix = InteractionMatrix.FromInteractions([], 0, 0);
        Assert.Equal((0, 0, true), (matrix.RowCount, matrix.Transpose().RowCount, matrix.IsBinary));
    }

    [Theory]
    [InlineData(2, 0, 1f)]
    [InlineData(-1, 0, 1f)]
    [InlineData(0, 2, 1f)]
    [InlineData(0, 0, 0f)]
    [InlineData(0, 0, -1f)]
    [InlineData(0, 0, float.NaN)]
    [InlineData(0, 0, float.PositiveInfinity)]
    public void What_is_out_of_range_is_refused(int user, int item, float weight) =>
        Assert.Throws<ArgumentException>(() => InteractionMatrix.FromInteractions([new(user, item, weight, 0)], 2, 2));

    [Theory]
    [InlineData(new[] { 0, 2 }, new[] { 1, 0 })]
    [InlineData(new[] { 0, 2 }, new[] { 1, 1 })]
    [InlineData(new[] { 0, 2 }, new[] { 1, 9 })]
    [InlineData(new[] { 0, 3, 2 }, new[] { 0, 1 })]
    [InlineData(new[] { 1, 2 }, new[] { 0, 1 })]
    public void Broken_compressed_rows_are_refused(int[] starts, int[] columns) =>
        Assert.Throws<ArgumentException>(() => new InteractionMatrix(3, starts, columns, [1, 1]));
}
