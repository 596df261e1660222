namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class NumberRangesTests
{
    [Fact]
    public void Ranges_grow_join_and_leave_gaps()
    {
        var ranges = new NumberRanges(capacity: 100);
        Assert.True(ranges.Add(5));
        Assert.True(ranges.Add(6));
        Assert.True(ranges.Add(9));
        Assert.True(ranges.Add(2));
        Assert.False(ranges.Add(6));
        Assert.Equal("3..4 7..8", string.Join(' ', ranges.Gaps));
        Assert.True(ranges.Add(7));
        Assert.True(ranges.Add(8));
        Assert.Equal("3..4", string.Join(' ', ranges.Gaps));
        Assert.True(ranges.Add(4));
        Assert.True(ranges.Add(3));
        Assert.Empty(ranges.Gaps);
        Assert.Equal((2, 9, 0), (ranges.Lowest, ranges.Highest, ranges.Forgotten));
    }

    [Fact]
    public void Any_order_gives_the_same_set()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var ranges = new NumberRanges(capacity: 1000);
            var set = new SortedSet<long>();
            for (int i = 0; i < 60; i++)
            {
                long number = random.Next(1, 80);
                Assert.Equal(set.Add(number), ranges.Add(number));
            }

            long[] missing = [.. Enumerable.Range((int)set.Min, (int)(set.Max - set.Min + 1)).Select(n => (long)n).Except(set)];
            Assert.Equal(missing, ranges.Gaps.SelectMany(gap => Enumerable.Range((int)gap.First, (int)gap.Count).Select(n => (long)n)));
        }
    }

    [Fact]
    public void Beyond_its_capacity_the_lowest_gap_is_only_counted()
    {
        var ranges = new NumberRanges(capacity: 3);
        foreach (long number in new long[] { 10, 20, 30, 40 }) Assert.True(ranges.Add(number));
        Assert.Equal(9, ranges.Forgotten);
        Assert.Equal("21..29 31..39", string.Join(' ', ranges.Gaps));
        Assert.Equal((10, 40), (ranges.Lowest, ranges.Highest));
        Assert.False(ranges.Add(15));
        Assert.True(ranges.Add(1));
        Assert.Equal(9 + 8, ranges.Forgotten);
    }
}
