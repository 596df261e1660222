namespace BridgeFramework.Runtime.Tests;

/// <summary>A command to a channel without a router and without a journal.</summary>
internal static class BareCommand
{
    /// <summary>Writes the point <c>setpoint</c>.</summary>
    public static async Task<CommandReply> WriteAsync(ChannelSupervisor channel, SubDeviceId device, CancellationToken deadline)
    {
        var command = new DownlinkCommand("c1", null, [new NamedWrite("setpoint", Variant.From(1))]);
        using var entry = await channel.Entrance.EnterAsync(device, deadline);
        if (entry.Run is not { } run) return CommandReply.Of(command.Id, entry.Outcome, entry.Reason);
        var prepared = PreparedCommand.Of(command, device, run.Points);
        Assert.NotNull(prepared.ForDriver);
        return prepared.Answer(await run.AskAsync(prepared.ForDriver, deadline));
    }
}
