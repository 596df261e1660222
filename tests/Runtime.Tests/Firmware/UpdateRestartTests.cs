using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of an update when the gateway ends in the middle, in every phase.</summary>
public sealed class UpdateRestartTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];

    /// <summary>What a device says after the gateway died in the middle of a hand-over: how often it is given
    /// the image then, and how the update ends.</summary>
    public static TheoryData<FirmwareState, string?, int, string> AfterDeath => new()
    {
        { FirmwareState.Idle, "1.0.0", 0, "done" },
        { FirmwareState.Idle, "0.1.0", 1, "done" },
        { FirmwareState.Running, "0.1.0", 1, "done" },
        { FirmwareState.Unknown, null, 1, "done" },
        { FirmwareState.Failed, "0.1.0", 1, "done" },
    };

    [Theory]
    [MemberData(nameof(AfterDeath))]
    public async Task A_hand_over_that_ran_is_asked_about_before_it_is_started_again(
        FirmwareState state, string? version, int given, string end)
    {
        await using var bench = await FirmwareBench.StartAsync();
        Hang(bench);
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);
        Assert.Equal(UpdatePhase.HandingOver, bench.StatusOf(1)?.Phase);
        Assert.Equal(0, bench[1].Device.Queries);

        bench[1].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(null);
        bool isFirst = true;
        bench[1].OnQuery = () =>
        {
            if (!isFirst) return null;
            isFirst = false;
            Assert.Equal(1, bench[1].Calls);
            return new FirmwareAnswer(new FirmwareStatus { State = state, Version = version });
        };
        await bench.RestartAsync();

        Assert.Equal(end, await bench.EndOf(1));
        Assert.Equal(1 + given, bench[1].Calls);
        Assert.False(isFirst);
        Assert.Equal(state == FirmwareState.Failed ? 1 : 0, bench.StatusOf(1)?.Failures);
    }

    [Fact]
    public async Task A_hand_over_that_kills_the_gateway_each_time_is_begun_ten_times()
    {
        await using var bench = await FirmwareBench.StartAsync();
        Hang(bench);
        bench.Assign(1, bench.Add("1.0.0", Image));
        for (int begun = 1; begun <= OpenAttempts.MaxUnseen; begun++)
        {
            await bench.Until($"it is being handed over, {begun}", () => bench[1].Calls == begun);
            Assert.Equal(begun, bench.Written(1).OpenAttempts);
            await bench.KillAsync();
        }

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("killed or crashed 10 times", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Equal((10, 10), (bench[1].Calls, bench[1].Device.Queries)); // asked a last time, in case it runs it all the same

        bench[1].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(null);
        await bench.Updates.RetryAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        Assert.Equal("done", await bench.EndOf(1, times: 2));
    }

    [Fact]
    public async Task A_device_that_kills_the_gateway_when_it_is_asked_is_not_asked_for_ever()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnQuery = () => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Running });
        bench.Assign(1, bench.Add("1.0.0", Image));
        for (int begun = 1; begun <= OpenAttempts.MaxUnseen + 1; begun++)
        {
            await bench.Until($"it is being confirmed, {begun}", () => bench.StatusOf(1) is { Phase: UpdatePhase.Confirming }
                && bench.Written(1).OpenAttempts == begun);
            await bench.KillAsync();
        }

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Equal(1, bench[1].Calls);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_in_the_middle_is_no_failure_however_often()
    {
        await using var bench = await FirmwareBench.StartAsync();
        Hang(bench);
        bench.Assign(1, bench.Add("1.0.0", Image));
        for (int begun = 1; begun <= 5; begun++)
        {
            await bench.Until($"it is being handed over, {begun}", () => bench[1].Calls == begun);
            await bench.RestartAsync();
        }

        await bench.Until("it is being handed over once more", () => bench[1].Calls == 6);
        bench[1].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(null);
        await bench.RestartAsync();
        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(0, bench.StatusOf(1)?.Failures);
    }

    [Fact]
    public async Task What_a_hand_over_has_taken_counts_although_the_gateway_is_killed_in_the_middle()
    {
        var deadline = TimeSpan.FromMinutes(2);
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { Deadline = deadline });
        Hang(bench);
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("half of the time is gone", () => bench[1].Calls == 1 && bench.Written(1).Spent > deadline / 2);
        await bench.KillAsync();

        await bench.Until("it is being handed over again", () => bench[1].Calls == 2);
        Assert.True(bench.Written(1).Spent > deadline / 2);
        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("within 2m", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_phase_goes_on_after_a_restart()
    {
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Policy = new UpdatePolicy { HoldForApproval = true });
        bench[1].SetReady(false);
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is held", () => bench.StatusOf(1)?.Phase == UpdatePhase.Held);
        await bench.RestartAsync();
        Assert.Equal(UpdatePhase.Held, bench.StatusOf(1)?.Phase);
        Assert.Empty(bench.FilesOf("images"));

        await bench.Updates.ApproveAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        await bench.RestartAsync();
        Assert.Equal(UpdatePhase.Queued, bench.StatusOf(1)?.Phase);

        bench[1].OnQuery = () => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Running });
        bench[1].SetReady(true);
        await bench.Until("it is being confirmed", () => bench.StatusOf(1)?.Phase == UpdatePhase.Confirming);
        await bench.RestartAsync();
        Assert.Equal(UpdatePhase.Confirming, bench.StatusOf(1)?.Phase);

        bench.SetOnline(false);
        bench[1].OnQuery = () => null;
        await bench.Until("it is done", () => bench.StatusOf(1)?.Phase == UpdatePhase.Done);
        await bench.RestartAsync();
        Assert.Equal((UpdatePhase.Done, false), (bench.StatusOf(1)?.Phase, bench.StatusOf(1)?.IsReported));

        bench.SetOnline(true);
        Assert.Equal("done", await bench.EndOf(1));
        await bench.RestartAsync();
        Assert.Equal((UpdatePhase.Done, true), (bench.StatusOf(1)?.Phase, bench.StatusOf(1)?.IsReported));
        Assert.Equal((1, 1), (bench[1].Calls, bench.Files.Downloads.Count));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
    }

    [Fact]
    public async Task An_end_is_told_until_the_hub_confirms_it()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Hub.LosesAnswers = true);
        bench.Assign(1, bench.Add("1.0.0", Image));
        await Step.Of("the end is told three times", ct => bench.Hub.UntilAsync("m1", state => state == "done", ct, times: 3), bench);
        Assert.False(bench.StatusOf(1)?.IsReported);

        bench.Hub.LosesAnswers = false;

        await bench.Until("the hub has confirmed", () => bench.StatusOf(1) is { IsReported: true });
    }

    private static void Hang(FirmwareBench bench) => bench[1].OnUpdate = async (_, _, cancellationToken) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return null;
    };
}
