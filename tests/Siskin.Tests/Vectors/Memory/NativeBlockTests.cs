using Siskin.Vectors.Memory;

namespace Siskin.Tests.Vectors.Memory;

public sealed class NativeBlockTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(4096, true)]
    [InlineData(NativeBlock.HugePageBytes - 1, true)]
    [InlineData(NativeBlock.HugePageBytes, true)]
    [InlineData((5 * NativeBlock.HugePageBytes) + 1, true)]
    [InlineData(4096, false)]
    [InlineData((5 * NativeBlock.HugePageBytes) + 1, false)]
    public unsafe void A_block_is_zeroed_aligned_and_can_be_written(int length, bool hugePages)
    {
        for (var round = 0; round < 3; round++)
        {
            using var block = new NativeBlock(length, hugePages);
            Assert.Equal(length, block.Length);
            Assert.Equal(0, (nint)block.Pointer % (length >= NativeBlock.HugePageBytes ? NativeBlock.HugePageBytes : 64));
            var span = new Span<byte>(block.Pointer, length);
            Assert.False(span.ContainsAnyExcept((byte)0));
            span.Fill(0xff);
        }
    }

    [Fact]
    public void Memory_not_touched_costs_nothing_and_disposing_twice_is_allowed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere memory is zeroed when it is taken");
        var before = Environment.WorkingSet;
        var block = new NativeBlock(1L << 30);
        Assert.True(Environment.WorkingSet - before < 1L << 29);
        block.Dispose();
        block.Dispose();
    }

    [Fact]
    public void Impossible_lengths_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBlock(-1));
        Assert.Throws<OutOfMemoryException>(() => new NativeBlock(1L << 56));
    }
}
