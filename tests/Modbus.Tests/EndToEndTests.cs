using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

public sealed class EndToEndTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Points_of_the_documented_example_are_read_and_written()
    {
        await using var server = new ModbusServer();
        server.SetHolding(0, 0x4366, 0x199A, 0x40C8, 0x1CD6, 0xE631, 0xF8A1);   // 230.1f, 12345.6789
        server.Holding[10] = 205;
        var device = RunningDriver.Device("""
            {
              "voltage":  { "at": { "table": "holding", "address": 0, "type": "float32" }, "unit": "V" },
              "energy":   { "at": { "table": "holding", "address": 2, "type": "float64" }, "unit": "kWh", "interval": "10s" },
              "setpoint": { "at": { "table": "holding", "address": 10, "type": "int16", "scale": 0.1 }, "access": "readWrite" },
            }
            """, """{ "unitId": "1" }""");
        await using var driver = RunningDriver.Start(server.Port, device);

        await driver.Channel.Serving.OrFail("the driver serves");
        await driver.Channel.WaitForPresenceAsync(device, Presence.Present, Ct).OrFail("the unit is present");
        Assert.Equal(Variant.From(230.1), await driver.Channel.WaitForValueAsync("voltage", _ => true, Ct).OrFail("a value"));
        Assert.Equal(Variant.From(12345.6789), await driver.Channel.WaitForValueAsync("energy", _ => true, Ct).OrFail("a value"));
        Assert.Equal(Variant.From(20.5), await driver.Channel.WaitForValueAsync("setpoint", _ => true, Ct).OrFail("a value"));

        var result = await driver.WriteAsync(device, "setpoint", Variant.From(21.5), Ct);
        Assert.Equal(CommandOutcome.Done, result.Outcome);
        Assert.Equal(215, server.Holding[10]);
        Assert.Equal(Variant.From(21.5), await driver.Channel.WaitForValueAsync("setpoint", v => v.AsNumber() > 21, Ct).OrFail(
            "the value that was written"));
        Assert.DoesNotContain(driver.Logger.Collector.GetSnapshot(), r => r.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }
}
