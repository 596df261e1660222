using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of updates when devices come, change and leave while they are under way.</summary>
public sealed class UpdateApplyTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];
    private static readonly SubDeviceId Meter = FirmwareBench.Id(1);

    /// <summary>A window that is closed now and does not open soon.</summary>
    private static MaintenanceWindow Closed
    {
        get
        {
            int hour = TimeProvider.System.GetLocalNow().Hour;
            return new MaintenanceWindow(new TimeOnly((hour + 11) % 24, 0), new TimeOnly((hour + 12) % 24, 0));
        }
    }

    [Theory]
    [InlineData(UpdatePhase.Held)]
    [InlineData(UpdatePhase.Downloading)]
    [InlineData(UpdatePhase.Queued)]
    [InlineData(UpdatePhase.Offered)]
    [InlineData(UpdatePhase.HandingOver)]
    [InlineData(UpdatePhase.Confirming)]
    public async Task The_update_of_a_device_that_is_removed_has_failed_and_the_hub_hears_it(UpdatePhase phase)
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => StopAt(bench, phase));
        bench.Assign(1, bench.Add("1.0.0", Image), url: phase == UpdatePhase.Downloading ? new Uri("http://127.0.0.1:1/fw.bin") : null);
        await bench.Until($"it is {phase.InWords()}", () => bench.StatusOf(1)?.Phase == phase);
        bench.SetOnline(false);

        bench.Removed.Add(1);
        bench.Apply();
        await bench.Until("it has failed", () => bench.StatusOf(1)?.Phase == UpdatePhase.Failed);
        await Assert.ThrowsAsync<UnknownSubDeviceException>(
            () => bench.Updates.RetryAsync(Meter, TestContext.Current.CancellationToken));
        Assert.True(bench.Updates.HasNews(Meter));
        bench.SetOnline(true);

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("removed from the gateway", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.False(bench.Updates.HasNews(Meter));
        bench.Add("2.0.0", Image);
        bench.Assign(1, "2.0.0");
        Assert.Equal("fail -5", await bench.EndOf(1, times: 2));
        Assert.Contains("2.0.0", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench[1].Device.Images);
    }

    [Fact]
    public async Task A_device_that_is_forgotten_leaves_nothing_behind_and_begins_anew_when_it_comes_back()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].SetReady(false));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        bench.Updates.Forget(Meter); // it does not leave
        Assert.NotNull(bench.StatusOf(1));

        bench.SetOnline(false);
        bench.Removed.Add(1);
        bench.Apply();
        bench.Updates.Forget(Meter);
        Assert.Equal((null, false), (bench.StatusOf(1), bench.Updates.HasNews(Meter)));
        bench.Removed.Clear();
        bench.Apply();
        bench.SetOnline(true);
        bench[1].SetReady(true);
        bench.Assign(1, "1.0.0");

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
    }

    [Fact]
    public async Task What_is_written_down_of_a_device_goes_with_it()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.EndOf(1);
        Assert.Single(bench.FilesOf("updates"));

        bench.Removed.Add(1);
        bench.Apply();
        bench.Updates.Forget(Meter);

        await bench.Until("its file is gone", () => bench.FilesOf("updates").Length == 0);
    }

    [Fact]
    public async Task A_device_that_left_before_a_restart_tells_its_end_after_it()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].SetReady(false));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        bench.SetOnline(false);

        bench.Leaving.Add(1);
        await bench.RestartAsync();
        bench.SetOnline(true);

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("removed from the gateway", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_added_goes_on_with_what_is_written_down_of_it()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].SetReady(false));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        bench.Removed.Add(1);
        await bench.RestartAsync();
        Assert.Null(bench.StatusOf(1));

        bench[1].SetReady(true);
        bench.Removed.Clear();
        bench.Apply();

        Assert.Equal("done", await bench.EndOf(1));
    }

    [Fact]
    public async Task Nothing_happens_to_the_update_of_a_device_that_stays_as_it_is()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].SetReady(false));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);

        bench.Apply();
        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((1, 1), (bench[1].Calls, bench[1].Waiting));
    }

    [Theory]
    [InlineData(UpdatePhase.Queued)]
    [InlineData(UpdatePhase.Offered)]
    [InlineData(UpdatePhase.HandingOver)]
    [InlineData(UpdatePhase.Confirming)]
    public async Task An_update_goes_on_by_another_channel(UpdatePhase phase)
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => StopAt(bench, phase));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until($"it is {phase.InWords()}", () => bench.StatusOf(1)?.Phase == phase);
        var before = bench[1];

        bench.Targets["m1"] = new FakeTarget { Channel = "line2" };
        if (phase == UpdatePhase.Confirming) bench[1].Device.Version = "1.0.0"; // it is one device
        bench.Apply();

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
        Assert.Equal(phase == UpdatePhase.Queued ? 0 : 1, before.Calls);
        Assert.Equal(("line2", 0), (bench.StatusOf(1)?.Channel, bench.StatusOf(1)?.Failures));
    }

    [Fact]
    public async Task A_window_that_is_changed_counts_at_once()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Policy = new UpdatePolicy { Window = Closed });
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);

        bench.Policy = new UpdatePolicy();
        bench.Apply();

        Assert.Equal("done", await bench.EndOf(1));
    }

    [Fact]
    public async Task A_policy_that_is_changed_does_not_disturb_a_device_that_is_being_given_the_image()
    {
        var goOn = new TaskCompletionSource();
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            await goOn.Task.WaitAsync(cancellationToken);
            return null;
        });
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);

        bench.Policy = new UpdatePolicy { Window = Closed };
        bench.Apply();
        goOn.SetResult();

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(1, bench[1].Calls);
    }

    [Fact]
    public async Task A_deadline_that_is_changed_counts_for_what_is_under_way()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => StopAt(bench, UpdatePhase.HandingOver));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);

        bench.Updates.Apply(new FirmwareSettings { Deadline = TimeSpan.FromMinutes(1) });

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("Not done within", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_updates_at_a_time_are_allowed_at_once()
    {
        await using var bench = await FirmwareBench.StartAsync(devices: 2, bench =>
        {
            bench.Settings = new FirmwareSettings { Updates = 1 };
            for (int n = 1; n <= 2; n++)
            {
                bench[n].Channel = $"line{n}";
                StopAt(bench, UpdatePhase.HandingOver, n);
            }
        });
        var image = bench.Add("1.0.0", Image);
        bench.Assign(1, image);
        await bench.Until("the first one is being handed over", () => bench[1].Calls == 1);
        bench.Assign(2, image);
        await bench.Until("the second one waits", () => bench[2].Waiting == 1);
        Assert.Equal(0, bench[2].Calls);

        bench.Updates.Apply(new FirmwareSettings { Updates = 2 });

        await bench.Until("the second one is being handed over", () => bench[2].Calls == 1);
    }

    /// <summary>Has the update of a device stay in a phase.</summary>
    private static void StopAt(FirmwareBench bench, UpdatePhase phase, int device = 1)
    {
        var target = bench[device];
        bench.Policy = new UpdatePolicy { HoldForApproval = phase == UpdatePhase.Held };
        bench.OnVersionAgain = _ => { };
        if (phase == UpdatePhase.Queued) target.SetReady(false);
        target.Offers = phase == UpdatePhase.Offered;
        if (phase is UpdatePhase.Offered or UpdatePhase.HandingOver)
        {
            target.OnUpdate = async (_, _, cancellationToken) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return null;
            };
        }

        if (phase == UpdatePhase.Confirming)
        {
            target.OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(new HandOver(HandOverOutcome.Taken));
            target.OnQuery = () => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Running });
        }
    }
}
