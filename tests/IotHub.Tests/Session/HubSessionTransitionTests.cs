using static BridgeFramework.IotHub.HubSessionEvent;
using static BridgeFramework.IotHub.HubSessionState;

namespace BridgeFramework.IotHub.Tests;

public sealed class HubSessionTransitionTests
{
    // Rows: from; columns: Start, Ready, Failed, RetryDue, SettingsChanged, Stop.
    public static TheoryData<string> Rows => new()
    {
        "Offline: Connecting Offline Offline Offline Offline Offline",
        "Connecting: Connecting Online BackingOff Connecting Connecting Offline",
        "Online: Online Online BackingOff Online Connecting Offline",
        "BackingOff: BackingOff BackingOff BackingOff Connecting Connecting Offline",
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_whole_table(string row)
    {
        string[] parts = row.Split(':', StringSplitOptions.TrimEntries);
        var from = Enum.Parse<HubSessionState>(parts[0]);
        var expected = parts[1].Split(' ').Select(Enum.Parse<HubSessionState>);
        HubSessionEvent[] columns = [Start, Ready, Failed, RetryDue, SettingsChanged, Stop];
        Assert.Equal(expected, columns.Select(happened => HubSessionTransition.Next(from, happened)));
    }

    [Fact]
    public void Every_event_has_a_column() => Assert.Equal(6, Enum.GetValues<HubSessionEvent>().Length);

    [Fact]
    public void Only_ready_leads_online() => Assert.All(
        Enum.GetValues<HubSessionState>().Where(state => state != Online),
        state => Assert.All(
            Enum.GetValues<HubSessionEvent>().Where(happened => happened != Ready),
            happened => Assert.NotEqual(Online, HubSessionTransition.Next(state, happened))));
}
