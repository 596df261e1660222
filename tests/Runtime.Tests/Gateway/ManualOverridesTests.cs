namespace BridgeFramework.Runtime.Tests;

public sealed class ManualOverridesTests
{
    private static readonly SubDeviceId Id = SubDeviceId.Parse("P/d1");
    private readonly List<(Presence Presence, string? Reason)> _told = [];
    private readonly ManualOverrides _orders;

    public ManualOverridesTests() => _orders = new ManualOverrides(Tell, (id, presence, reason, _) => Tell(id, presence, reason));

    [Fact]
    public void Without_an_order_the_channel_has_its_say()
    {
        _orders.SetPresence(Id, Presence.Present, null);
        _orders.SetPresence(Id, Presence.Absent, "timeout");

        Assert.Equal([(Presence.Present, null), (Presence.Absent, "timeout")], _told);
    }

    [Theory]
    [InlineData(ManualOverride.Offline, "held offline by hand")]
    [InlineData(ManualOverride.Unbound, "unbound by hand")]
    public void What_was_taken_away_by_hand_is_not_brought_back_by_its_channel(ManualOverride order, string reason)
    {
        _orders.SetPresence(Id, Presence.Present, null);
        _orders.Set(Id, order);
        _orders.SetPresence(Id, Presence.Unknown, "restarting");
        _orders.SetPresence(Id, Presence.Present, null);

        Assert.Equal([(Presence.Present, null), (Presence.Absent, reason)], _told);
        Assert.Equal((Presence.Present, null), _orders.Seen(Id));
    }

    [Fact]
    public void The_end_of_an_order_tells_what_the_channel_said_meanwhile()
    {
        _orders.Set(Id, ManualOverride.Offline);
        _orders.SetPresence(Id, Presence.Present, null);

        _orders.Set(Id, ManualOverride.Online);

        Assert.Equal([(Presence.Absent, "held offline by hand"), (Presence.Present, null)], _told);
        Assert.Equal(ManualOverride.None, _orders.Find(Id));
    }

    [Fact]
    public void What_its_channel_does_not_see_is_held_online_until_the_channel_sees_it()
    {
        _orders.SetPresence(Id, Presence.Absent, "timeout");
        _orders.Set(Id, ManualOverride.Online);
        _orders.SetPresence(Id, Presence.Unknown, null);
        Assert.Equal(ManualOverride.Online, _orders.Find(Id));

        _orders.SetPresence(Id, Presence.Present, null);
        _orders.SetPresence(Id, Presence.Absent, "gone");

        Assert.Equal(ManualOverride.None, _orders.Find(Id));
        Assert.Equal([(Presence.Absent, "timeout"), (Presence.Present, "held online by hand"), (Presence.Present, null),
            (Presence.Absent, "gone")], _told);
    }

    [Fact]
    public void Only_the_order_that_holds_can_be_ended()
    {
        _orders.Set(Id, ManualOverride.Offline);
        _orders.End(Id, ManualOverride.Unbound);

        Assert.Equal(ManualOverride.Offline, _orders.Find(Id));
        Assert.Single(_told);
    }

    private void Tell(SubDeviceId id, Presence presence, string? reason) => _told.Add((presence, reason));
}
