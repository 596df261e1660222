using System.Text.Json;

namespace BridgeFramework.Interop;

/// <summary>The whole program between mosquitto with a fake cloud and a pymodbus slave: nothing on either side is ours.</summary>
public sealed class BridgeAgainstStrangersTests
{
    private const string Device = "SUBPROD001/test1";
    private static readonly Dictionary<string, string> Devices = new(StringComparer.Ordinal) { [Device] = "EBESExQVFhcYGRobHB0eHw==" };

    [Fact]
    public async Task A_device_is_bound_online_heard_commanded_lost_found_again_and_the_program_ends_when_told()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await FakeCloud.StartAsync(broker.Port, HubUnderTest.GatewayName, Devices);
        await using var slave = await PymodbusSlave.StartAsync();
        await using var bridge = await BridgeProcess.StartAsync(broker.Port, slave.Port);

        // Not bound yet: the first online is answered -1, so it is bound, then brought online.
        await cloud.SaysAsync("asked online");
        await cloud.SaysAsync("asked bind");
        await cloud.SaysAsync("asked online");

        string values = await cloud.SeesAsync(
            $"{Device}/data", payload => Has(payload, "values", "huge") && Has(payload, "bad", "hole"), "values of all points");
        using (var json = JsonDocument.Parse(values))
        {
            var good = json.RootElement.GetProperty("values");
            Assert.Equal(-1234, good.GetProperty("small").GetInt32());
            Assert.Equal(123.456, good.GetProperty("swapped").GetDouble());
            Assert.Equal(12345678901234567890, good.GetProperty("huge").GetUInt64());
            Assert.Equal("Meter 7", good.GetProperty("name").GetString());
            Assert.True(good.GetProperty("coil").GetBoolean());
            Assert.Equal("refused", json.RootElement.GetProperty("bad").GetProperty("hole").GetString());
        }

        // The command topic is subscribed behind the first values: two rounds later it is.
        for (int i = 0; i < 2; i++) await cloud.SeesAsync($"{Device}/data", payload => Has(payload, "values", "huge"), "more values");
        await cloud.TellAsync($"send {Device}/control " + """{"id":"c1","write":{"setpoint":-7.7,"small":1}}""");
        string reply = await cloud.SeesAsync(
            $"{Device}/event", payload => payload.Contains("c1", StringComparison.Ordinal), "the reply to the command");
        using (var json = JsonDocument.Parse(reply))
        {
            var results = json.RootElement.GetProperty("results");
            Assert.Equal("done", results.GetProperty("setpoint").GetProperty("outcome").GetString());
            Assert.Equal("refused", results.GetProperty("small").GetProperty("outcome").GetString());
        }

        await cloud.SeesAsync(
            $"{Device}/data", payload => payload.Contains("\"setpoint\":-7.7", StringComparison.Ordinal), "the value read back");

        await slave.KillAsync();
        await cloud.SaysAsync("asked offline");
        await slave.RestartAsync();
        await cloud.SaysAsync("asked online");
        await cloud.SeesAsync($"{Device}/data", payload => Has(payload, "values", "huge"), "values after the slave came back");

        Assert.Equal(0, await bridge.StopAsync());
    }

    [Fact]
    public async Task After_the_broker_was_killed_and_restarted_the_device_is_online_and_heard_again_without_being_asked()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await FakeCloud.StartAsync(broker.Port, HubUnderTest.GatewayName, Devices);
        await cloud.TellAsync($"bind {Device}");
        await using var slave = await PymodbusSlave.StartAsync();
        await using var bridge = await BridgeProcess.StartAsync(broker.Port, slave.Port);
        await cloud.SeesAsync($"{Device}/data", payload => Has(payload, "values", "huge"), "values");

        await broker.KillAsync();
        await broker.RestartAsync();
        await cloud.ReadyAsync();

        await cloud.SaysAsync("asked online");
        await cloud.SeesAsync($"{Device}/data", payload => Has(payload, "values", "huge"), "values after the broker came back");
    }

    private static bool Has(string payload, string group, string point)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.TryGetProperty(group, out var values) && values.TryGetProperty(point, out _);
    }
}
