using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

public sealed class SubscriptionBudgetTests
{
    private static readonly SubDevicePlan[] Devices =
    [
        Simulation.Device("unknown1"),
        Simulation.Device("read", points: PointAccess.Read),
        Simulation.Device("write1", points: [PointAccess.Read, PointAccess.ReadWrite]),
        Simulation.Device("unknown2"),
        Simulation.Device("write2", points: PointAccess.Write),
    ];

    [Theory]
    [InlineData(100, "unknown1 write1 unknown2 write2")]
    [InlineData(SubscriptionBudget.KeptForGateway + 3, "unknown1 write1 write2")]
    [InlineData(SubscriptionBudget.KeptForGateway + 1, "write1")]
    [InlineData(SubscriptionBudget.KeptForGateway, "")]
    [InlineData(0, "")]
    public void What_can_be_written_comes_first_and_what_can_only_be_read_not_at_all(int maxSubscriptions, string names)
    {
        var share = SubscriptionBudget.Share(Devices, maxSubscriptions, hasPlace: _ => false);

        Assert.Equal(names, string.Join(' ', Devices.Where(device => share.Contains(device.Id)).Select(device => device.Id.DeviceName)));
    }

    [Fact]
    public void Who_is_left_over_is_named_as_not_reachable()
    {
        using var simulation = new Simulation(
            Devices.Select(device => (device, true)), new SubDeviceOptions { MaxSubscriptions = SubscriptionBudget.KeptForGateway + 2 });
        foreach (var device in Devices) simulation.SetPresence(device.Id, Presence.Present);

        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(2, simulation.Hub.MostSubscribed);
        Assert.All(simulation.Reconciler.Snapshot(), status => Assert.Equal(CloudState.Online, status.Cloud));
        Assert.Equal(
            "OverBudget None Reachable OverBudget Reachable",
            string.Join(' ', Devices.Select(device => simulation.StatusOf(device.Id).Commands)));
        Assert.Contains("hub.maxSubscriptions", simulation.StatusOf(Devices[0].Id).Reason, StringComparison.Ordinal);
    }
}
