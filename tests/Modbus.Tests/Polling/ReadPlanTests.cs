namespace BridgeFramework.Modbus.Tests;

public sealed class ReadPlanTests
{
    private static readonly BlockLimits Limits = new(125, 64, 2000, 512);

    [Fact]
    public void Neighbours_share_a_request()
    {
        var plan = Plan(Limits, (0, 2), (2, 4), (10, 1));
        var block = Assert.Single(plan.Blocks);
        Assert.Equal((0, 11), (block.Start, block.Count));
    }

    [Fact]
    public void A_gap_above_the_limit_divides()
    {
        Assert.Equal(2, Plan(Limits with { MaxRegisterGap = 3 }, (0, 1), (5, 1)).Blocks.Count);
        Assert.Single(Plan(Limits with { MaxRegisterGap = 4 }, (0, 1), (5, 1)).Blocks);
    }

    [Fact]
    public void A_block_is_never_longer_than_allowed_and_no_point_is_divided()
    {
        var plan = Plan(Limits with { MaxRegisters = 10 }, (0, 4), (4, 4), (8, 4), (12, 4));
        Assert.Equal([(0, 8), (8, 8)], plan.Blocks.Select(b => (b.Start, b.Count)));
    }

    [Fact]
    public void A_refused_block_is_divided_at_its_largest_gap()
    {
        var plan = Plan(Limits, (0, 1), (3, 1), (20, 1), (21, 1));
        plan.Split(0);
        Assert.Equal([(0, 4), (20, 2)], plan.Blocks.Select(b => (b.Start, b.Count)));
    }

    [Fact]
    public void Without_a_gap_it_is_divided_near_the_middle()
    {
        var plan = Plan(Limits, (0, 2), (2, 2), (4, 2), (6, 2));
        plan.Split(0);
        Assert.Equal([(0, 4), (4, 4)], plan.Blocks.Select(b => (b.Start, b.Count)));
    }

    private static ReadPlan Plan(BlockLimits limits, params (int Start, int Count)[] points) =>
        new(1, [.. points.Select(Point)], limits);

    private static MappedPoint Point((int Start, int Count) p) => new(new PointDefinition
    {
        Name = $"p{p.Start}",
        At = new ModbusPoint { Table = Table.Holding, Address = new PointAddress(p.Start), Type = PointType.Bytes, Length = p.Count },
    });
}
