namespace BridgeFramework.Runtime.Tests;

public sealed class DevicePresenceTests
{
    private readonly DevicePresence _device = new();
    private readonly List<(Presence Presence, string? Reason)> _told = []; // each time that something else counts

    [Fact]
    public void Without_an_order_the_channel_has_its_say()
    {
        See(Presence.Present, null);
        See(Presence.Absent, "timeout");

        Assert.Equal([(Presence.Present, null), (Presence.Absent, "timeout")], _told);
    }

    [Theory]
    [InlineData(ManualOverride.Offline, "held offline by hand")]
    [InlineData(ManualOverride.Unbound, "unbound by hand")]
    public void What_was_taken_away_by_hand_is_not_brought_back_by_its_channel(ManualOverride order, string reason)
    {
        See(Presence.Present, null);
        Hold(order);
        See(Presence.Unknown, "restarting");
        See(Presence.Present, null);

        Assert.Equal([(Presence.Present, null), (Presence.Absent, reason)], _told);
        Assert.Equal((Presence.Present, null), (_device.Seen, _device.SeenReason));
    }

    [Fact]
    public void The_end_of_an_order_tells_what_the_channel_said_meanwhile()
    {
        Hold(ManualOverride.Offline);
        See(Presence.Present, null);

        Hold(ManualOverride.Online);

        Assert.Equal([(Presence.Absent, "held offline by hand"), (Presence.Present, null)], _told);
        Assert.Equal(ManualOverride.None, _device.Held);
    }

    [Fact]
    public void What_its_channel_does_not_see_is_held_online_until_the_channel_sees_it()
    {
        See(Presence.Absent, "timeout");
        Hold(ManualOverride.Online);
        See(Presence.Unknown, null);
        Assert.Equal(ManualOverride.Online, _device.Held);

        See(Presence.Present, null);
        See(Presence.Absent, "gone");

        Assert.Equal(ManualOverride.None, _device.Held);
        Assert.Equal([(Presence.Absent, "timeout"), (Presence.Present, "held online by hand"), (Presence.Present, null),
            (Presence.Absent, "gone")], _told);
    }

    [Fact]
    public void Only_the_order_that_holds_can_be_ended()
    {
        var meter = Simulation.Device("meter");
        using var simulation = Simulation.OneOnline(meter);
        simulation.Reconciler.Override(meter.Id, ManualOverride.Offline);
        simulation.Reconciler.EndOverride(meter.Id, ManualOverride.Unbound);
        simulation.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(ManualOverride.Offline, simulation.Reconciler.OverrideOf(meter.Id));
        Assert.False(simulation.Hub.IsOnline(meter.Id));
        Assert.Equal(Presence.Present, simulation.StatusOf(meter.Id).Presence); // the status says what the channel sees

        simulation.Reconciler.EndOverride(meter.Id, ManualOverride.Offline);
        simulation.Run(TimeSpan.FromMinutes(1));
        Assert.True(simulation.Hub.IsOnline(meter.Id));
        Assert.Empty(simulation.Reconciler.Overrides);
    }

    [Fact]
    public async Task Who_waits_for_a_sub_device_waits_for_its_channel_to_see_it_and_for_no_order()
    {
        var meter = Simulation.Device("meter");
        using var simulation = new Simulation([(meter, true)]);
        var wait = simulation.Reconciler.UntilPresentAsync(meter.Id, TestContext.Current.CancellationToken);
        simulation.Reconciler.Override(meter.Id, ManualOverride.Online);
        simulation.SetPresence(meter.Id, Presence.Absent);
        Assert.False(wait.IsCompleted);

        simulation.Apply([]); // and comes back: whoever waits need not know
        simulation.Apply([meter]);
        simulation.SetPresence(meter.Id, Presence.Present);

        await wait.OrFail("the wait ends");
        Assert.True(simulation.Reconciler.UntilPresentAsync(meter.Id, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    private void See(Presence presence, string? reason) => Do(() => _device.See(presence, reason));

    private void Hold(ManualOverride held) => Do(() => _device.Hold(held));

    private void Do(Action action)
    {
        var before = _device.Effective;
        action();
        if (_device.Effective != before) _told.Add(_device.Effective);
    }
}
