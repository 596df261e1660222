using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class ModbusUnitTests
{
    [Fact]
    public void A_live_value_follows_the_clock_it_was_given()
    {
        var time = new FakeTimeProvider();
        var unit = new ModbusUnit(1, time);
        unit.Live((owner, elapsed) => owner.Holding.SetUInt16(0, (ushort)elapsed.TotalSeconds));

        Assert.Equal(0, unit.Holding.GetUInt16(0));
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(90, unit.Holding.GetUInt16(0));
    }

    [Fact]
    public void A_live_value_may_be_made_of_others()
    {
        var unit = new ModbusUnit(1, new FakeTimeProvider());
        unit.Holding.SetUInt16(0, 7);
        unit.Live((owner, _) => owner.Input.SetUInt16(0, (ushort)(2 * owner.Holding.GetUInt16(0))));
        unit.Holding.SetUInt16(0, 8);
        Assert.Equal(16, unit.Input.GetUInt16(0));
    }
}
