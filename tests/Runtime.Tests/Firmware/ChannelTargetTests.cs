namespace BridgeFramework.Runtime.Tests;

/// <summary>What a call into a driver for firmware comes to, over a channel that runs.</summary>
public sealed class ChannelTargetTests
{
    [Fact]
    public async Task What_a_driver_returns_in_the_moment_in_which_it_is_told_to_end_counts()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Channel.SetServing();
        using var told = new CancellationTokenSource();
        bench.Script.Devices[ChannelBench.Meter].OnQuery = async () =>
        {
            await told.CancelAsync();
            return new FirmwareStatus { State = FirmwareState.Idle, Version = "1.0.0" };
        };

        var answer = await Target(bench).QueryAsync(told.Token);

        Assert.Equal("1.0.0", answer.Status?.Version);
    }

    [Fact]
    public async Task A_driver_whose_channel_is_down_was_not_asked_and_one_that_throws_did_not_answer()
    {
        await using var bench = new ChannelBench().Start();
        var run = await bench.Script.NextRun();
        bench.Script.Devices[ChannelBench.Meter].IsOlder = (_, _) => throw new FormatException("No such form.");
        Assert.Equal(VersionAnswer.NotAsked, await Ask());

        run.Channel.SetServing();
        Assert.Equal(VersionAnswer.NoAnswer, await Ask());

        bench.Script.Devices[ChannelBench.Meter].IsOlder = (_, _) => null;
        Assert.Equal(VersionAnswer.Texts, await Ask());

        Task<VersionAnswer> Ask() => Target(bench).IsOlderVersionAsync("1.0.0", "0.1.0", TestContext.Current.CancellationToken);
    }

    private static ChannelTarget Target(ChannelBench bench) =>
        new(bench.Supervisor, ChannelBench.Meter, bench.Drivers, (_, _) => Task.CompletedTask, bench.Time);
}
