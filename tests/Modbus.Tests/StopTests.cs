using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

/// <summary>What a driver that is told to stop does with what it has begun: each swap of its plugin stops it.</summary>
public sealed class StopTests
{
    // Farther apart than one request reaches.
    private const string TwoBlocks = """
        { "x": { "at": { "table": "holding", "address": 0 } }, "y": { "at": { "table": "holding", "address": 5000 } } }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_round_that_was_begun_is_read_to_its_end_and_reported()
    {
        await using var server = new ModbusServer();
        var device = RunningDriver.Device(TwoBlocks);
        using var gate = new ManualResetEventSlim(initialState: true);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Script = _ =>
        {
            if (!gate.IsSet) asked.TrySetResult();
            gate.Wait(Ct);
            return null;
        };
        await using var driver = RunningDriver.Start(server.Port, device);
        await driver.Channel.WaitForValueAsync("y", _ => true, Ct).OrFail("a value");

        gate.Reset();
        await asked.Task.OrFail("a request");
        driver.TellToStop();
        (server.Holding[0], server.Holding[5000]) = (7, 8);
        gate.Set();

        await driver.Channel.WaitForValueAsync("y", value => value.AsInteger() == 8, Ct).OrFail("the last value");
    }
}
