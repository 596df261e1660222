using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The hand-over to a device, with all that can come of it.</summary>
public sealed class HandOverTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];

    [Fact]
    public async Task A_device_that_refuses_is_not_asked_again()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(new HandOver(HandOverOutcome.Rejected, "Wrong product."));

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("Wrong product.", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Equal(1, bench[1].Calls);
    }

    [Theory]
    [InlineData(2, "done", 3)]
    [InlineData(3, "fail -5", 3)]
    public async Task A_hand_over_that_fails_is_tried_three_times(int failures, string end, int calls)
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = (_, _, _) =>
            Task.FromResult<HandOver?>(bench[1].Calls <= failures ? new HandOver(HandOverOutcome.Failed, "The flash is worn.") : null);

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal(end, await bench.EndOf(1));
        Assert.Equal(calls, bench[1].Calls);
        if (end != "done") Assert.Contains("The flash is worn.", bench.StatusOf(1)?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_goes_absent_in_the_middle_is_asked_how_it_stands_and_resumed_when_it_is_back()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = (_, _, _) =>
        {
            if (bench[1].Calls > 5) return Task.FromResult<HandOver?>(null);
            if (bench[1].Calls == 5) bench[1].SetReady(false);
            return Task.FromResult<HandOver?>(new HandOver(HandOverOutcome.Absent, "It is silent."));
        };
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is gone", () => bench[1].Calls == 5);
        int asked = bench[1].Device.Queries;

        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((4, 6), (asked, bench[1].Calls));
        Assert.Equal(0, bench.StatusOf(1)?.Failures);
    }

    [Fact]
    public async Task A_device_that_is_never_back_ends_at_the_deadline()
    {
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { Deadline = TimeSpan.FromMinutes(1) });
        bench[1].OnUpdate = (_, _, _) =>
        {
            bench[1].SetReady(false);
            return Task.FromResult<HandOver?>(new HandOver(HandOverOutcome.Absent, "It is silent."));
        };

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("within 1m", bench.StatusOf(1)?.Reason, StringComparison.Ordinal);
        Assert.Contains("It is silent.", bench.StatusOf(1)?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_hangs_in_the_middle_is_told_to_give_up_at_the_deadline()
    {
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { Deadline = TimeSpan.FromMinutes(1) });
        var told = new TaskCompletionSource();
        bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                told.SetResult();
            }

            return null;
        };

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.True(told.Task.IsCompleted);
    }

    [Fact]
    public async Task What_is_thrown_in_the_middle_is_a_failure_that_was_seen_and_no_end_of_the_gateway()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = (_, _, _) => throw new InvalidOperationException("A bug.");

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Equal("Handed over 3 times, each time it failed. Last: A bug.", bench.StatusOf(1)?.Reason);
        Assert.Equal((3, 0), (bench[1].Calls, bench.Written(1).OpenAttempts));
    }

    /// <summary>What the device says after it took the image, and how the update ends.</summary>
    public static TheoryData<FirmwareState, string?, string> Answers => new()
    {
        { FirmwareState.Idle, "1.0.0", "done" },
        { FirmwareState.Unknown, "1.0.0", "done" },
        { FirmwareState.Idle, "0.1.0", "fail -5" },
        { FirmwareState.Failed, "0.1.0", "fail -5" },
        { FirmwareState.Idle, null, "fail -5" },
        { FirmwareState.Unknown, null, "fail -5" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Only_a_device_that_runs_the_version_is_done(FirmwareState state, string? version, string end)
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnQuery = () => new FirmwareAnswer(new FirmwareStatus { State = state, Version = version, Reason = "CRC" });

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal(end, await bench.EndOf(1));
        Assert.Equal(1, bench[1].Calls);
        if (end != "done") Assert.NotEmpty(bench.StatusOf(1)?.Reason ?? "");
    }

    [Fact]
    public async Task A_device_that_restarts_and_is_still_writing_is_waited_for()
    {
        await using var bench = await FirmwareBench.StartAsync();
        int asked = 0;
        bench[1].OnQuery = () => ++asked switch
        {
            <= 2 => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Running, Version = "0.1.0" }),
            <= 4 => new FirmwareAnswer(null, "It restarts."),
            5 => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Idle, Version = "0.1.0" }),
            _ => new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Idle, Version = "1.0.0" }),
        };

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((6, 1), (asked, bench[1].Calls));
    }

    [Fact]
    public async Task A_device_that_names_its_version_in_another_way_is_done_and_not_given_it_again()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].IsSame = (wanted, reported) =>
            reported == $"0x{wanted.Replace(".", "", StringComparison.Ordinal)}");
        bench[1].Device.RunsInstead = "0x100";
        bench.Assign(1, bench.Add("1.0.0", Image));
        Assert.Equal("done", await bench.EndOf(1));

        bench.Updates.SetVersion(FirmwareBench.Id(1), "0x100");
        bench.Assign(1, "1.0.0");

        Assert.Equal("done", await bench.EndOf(1, times: 2));
        Assert.Equal(1, bench[1].Calls);
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData(null)]
    public async Task A_device_is_waited_for_as_long_as_its_driver_says_that_a_restart_takes(string? meanwhile)
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].RestartTime = TimeSpan.FromMinutes(12));
        TimeSpan? taken = null;
        bench[1].OnQuery = () =>
        {
            var now = bench.Time.GetElapsedTime(0);
            return now - (taken ??= now) > TimeSpan.FromMinutes(10)
                ? null : new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Idle, Version = meanwhile });
        };

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
    }

    [Fact]
    public async Task A_channel_gives_one_device_firmware_at_a_time_unless_its_driver_can_do_more_and_all_no_more_than_the_limit()
    {
        await using var bench = await FirmwareBench.StartAsync(devices: 9, bench =>
        {
            bench.Settings = new FirmwareSettings { Updates = 4 };
            for (int n = 1; n <= 9; n++) (bench[n].Channel, bench[n].Concurrency) = n <= 3 ? ("one", 1) : ("many", 5);
        });
        var underWay = new Dictionary<string, int>(StringComparer.Ordinal) { ["one"] = 0, ["many"] = 0 };
        int mostOne = 0, mostMany = 0, most = 0;
        var four = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var target in bench.Targets.Values)
        {
            target.OnUpdate = async (_, _, cancellationToken) =>
            {
                lock (underWay)
                {
                    underWay[target.Channel]++;
                    (mostOne, mostMany, most) = (
                        Math.Max(mostOne, underWay["one"]), Math.Max(mostMany, underWay["many"]), Math.Max(most, underWay.Values.Sum()));
                    if (most >= 4) four.TrySetResult();
                }

                await four.Task.WaitAsync(cancellationToken); // none is over before as many as may be are under way
                await Task.Delay(TimeSpan.FromSeconds(2), bench.Time, cancellationToken); // nor before one too many could be
                lock (underWay) underWay[target.Channel]--;
                return null;
            };
        }

        var image = bench.Add("1.0.0", Image);
        for (int n = 1; n <= 9; n++) bench.Assign(n, image);
        for (int n = 1; n <= 9; n++) Assert.Equal("done", await bench.EndOf(n));

        Assert.Equal((1, 4), (mostOne, most));
        Assert.InRange(mostMany, 2, 4);
    }

    [Fact]
    public async Task An_image_that_has_come_is_not_handed_over_before_the_window_of_its_product_opens()
    {
        MaintenanceWindow window = default;
        await using var bench = await FirmwareBench.StartAsync(prepare: bench =>
        {
            var opens = TimeOnly.FromDateTime(bench.Time.GetLocalNow().DateTime).Add(TimeSpan.FromMinutes(5));
            window = new MaintenanceWindow(opens, opens.Add(TimeSpan.FromHours(8)));
            bench.Policy = new UpdatePolicy { Window = window };
        });
        bool? isOpen = null;
        bench[1].OnUpdate = (_, _, _) =>
        {
            isOpen = window.Contains(TimeOnly.FromDateTime(bench.Time.GetLocalNow().DateTime));
            return Task.FromResult<HandOver?>(null);
        };

        bench.Assign(1, bench.Add("1.0.0", Image));

        await bench.Until("it waits for the window", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        Assert.Equal(0, bench[1].Calls);
        Assert.Equal("done", await bench.EndOf(1));
        Assert.True(isOpen);
    }

    [Fact]
    public async Task Progress_of_the_download_is_told_when_it_has_changed()
    {
        byte[] large = new byte[1_000_000];
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { DownloadRate = 100_000 });

        bench.Assign(1, bench.Add("1.0.0", large));

        Assert.Equal("done", await bench.EndOf(1));
        var progress = bench.Hub.All("m1").Where(state => state.StartsWith("downloading", StringComparison.Ordinal)).ToList();
        Assert.InRange(progress.Count, 2, 100);
        Assert.Equal(progress.Count, progress.ToHashSet(StringComparer.Ordinal).Count);
    }
}
