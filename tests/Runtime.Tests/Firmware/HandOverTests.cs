using BridgeFramework.IotHub;

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

        bench.Order(1, bench.Add("1.0.0", Image));

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
        bench[1].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(bench[1].Calls <= failures ? new HandOver(HandOverOutcome.Failed, "The flash is worn.") : null);

        bench.Order(1, bench.Add("1.0.0", Image));

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
        bench.Order(1, bench.Add("1.0.0", Image));
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
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { Deadline = TimeSpan.FromMinutes(1) });
        bench[1].OnUpdate = (_, _, _) =>
        {
            bench[1].SetReady(false);
            return Task.FromResult<HandOver?>(new HandOver(HandOverOutcome.Absent, "It is silent."));
        };

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("00:01:00", bench.StatusOf(1)?.Reason, StringComparison.Ordinal);
        Assert.Contains("It is silent.", bench.StatusOf(1)?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_hangs_in_the_middle_is_told_to_give_up_at_the_deadline()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { Deadline = TimeSpan.FromMinutes(1) });
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

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.True(told.Task.IsCompleted);
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

        bench.Order(1, bench.Add("1.0.0", Image));

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

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((6, 1), (asked, bench[1].Calls));
    }

    /// <summary>What a device says after the gateway died in the middle of a hand-over: how often it is given the image then, and how the update ends.</summary>
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
    public async Task A_hand_over_that_ran_is_asked_about_before_it_is_started_again(FirmwareState state, string? version, int given, string end)
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        };
        bench.Order(1, bench.Add("1.0.0", Image));
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
    public async Task Every_phase_goes_on_after_a_restart()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.ProductSettings = new ProductFirmwareSettings { HoldForApproval = true });
        bench[1].SetReady(false);
        bench.Order(1, bench.Add("1.0.0", Image));
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
        bench.Order(1, bench.Add("1.0.0", Image));
        await Step.Of("the end is told three times", ct => bench.Hub.UntilAsync("m1", state => state == "done", ct, times: 3), bench);
        Assert.False(bench.StatusOf(1)?.IsReported);

        bench.Hub.LosesAnswers = false;

        await bench.Until("the hub has confirmed", () => bench.StatusOf(1) is { IsReported: true });
    }

    [Fact]
    public async Task Another_version_that_comes_meanwhile_is_installed_afterwards()
    {
        await using var bench = await FirmwareBench.StartAsync();
        var (first, second) = (bench.Add("1.0.0", Image), bench.Add("1.1.0", [.. Image, 1]));
        var goOn = new TaskCompletionSource();
        bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            await goOn.Task.WaitAsync(cancellationToken);
            return null;
        };
        bench.Order(1, first);
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);
        bench.Order(1, second);
        bench.Order(1, second);
        await bench.Until("the other one is next", () => bench.StatusOf(1)?.NextVersion == "1.1.0");
        await Step.Of("the hub hears that the device is given it", ct => bench.Hub.UntilAsync("m1", state => state == "burning", ct), bench);
        Assert.Equal("1.0.0", bench.StatusOf(1)?.Version);

        goOn.SetResult();

        Assert.Equal("done", await bench.EndOf(1, times: 2));
        await bench.Until("the second one is reported", () => bench.StatusOf(1) is { Version: "1.1.0", IsReported: true });
        Assert.Equal(["done", "done"], bench.Hub.EndsOf("m1"));
        Assert.Equal(2, bench[1].Device.Images.Count);
    }

    [Fact]
    public async Task Another_version_that_comes_before_the_hand_over_takes_its_place()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].SetReady(false);
        bench.Order(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);

        bench.Order(1, bench.Add("1.1.0", [.. Image, 1]));
        await bench.Until("the other one has taken its place", () => bench.StatusOf(1)?.Version == "1.1.0");
        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1, times: 2));
        Assert.Equal(["fail -5", "done"], bench.Hub.EndsOf("m1"));
        Assert.Equal("1.1.0", bench[1].Device.Version);
    }

    [Fact]
    public async Task An_operator_cancels_in_the_middle_and_has_it_tried_again()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            if (bench[1].Calls == 1) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        };
        bench.Order(1, bench.Add("1.0.0", Image));
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);

        await bench.Updates.CancelAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("cancelled", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);

        await bench.Updates.RetryAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        Assert.Equal("done", await bench.EndOf(1, times: 2));
        Assert.Single(bench.Files.Downloads);
    }

    [Fact]
    public async Task What_is_not_possible_is_said_so()
    {
        await using var bench = await FirmwareBench.StartAsync();
        var (none, token) = (FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        Assert.Contains("no firmware update", (await Assert.ThrowsAsync<OrderNotPossibleException>(() => bench.Updates.CancelAsync(none, token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnknownSubDeviceException>(() => bench.Updates.CancelAsync(SubDeviceId.Parse("SUBPROD001/m9"), token));
        bench.Order(1, bench.Add("1.0.0", Image));
        await bench.EndOf(1);

        foreach (var order in (Func<SubDeviceId, CancellationToken, Task<FirmwareUpdateStatus>>[])[bench.Updates.ApproveAsync, bench.Updates.CancelAsync, bench.Updates.RetryAsync])
            Assert.Contains("done", (await Assert.ThrowsAsync<OrderNotPossibleException>(() => order(none, token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_runs_the_version_already_is_given_nothing()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].Device.Version = "1.0.0");

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((0, 0), (bench[1].Calls, bench.Files.Downloads.Count));
    }

    [Fact]
    public async Task What_cannot_be_given_firmware_says_so_at_once()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].Obstacle = "Driver x cannot.");

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("Driver x cannot.", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench.Files.Downloads);
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
        foreach (var target in bench.Targets.Values)
        {
            target.OnUpdate = async (_, _, cancellationToken) =>
            {
                lock (underWay)
                {
                    underWay[target.Channel]++;
                    (mostOne, mostMany, most) = (Math.Max(mostOne, underWay["one"]), Math.Max(mostMany, underWay["many"]), Math.Max(most, underWay.Values.Sum()));
                }

                await Task.Delay(TimeSpan.FromSeconds(2), bench.Time, cancellationToken);
                lock (underWay) underWay[target.Channel]--;
                return null;
            };
        }

        var image = bench.Add("1.0.0", Image);
        for (int n = 1; n <= 9; n++) bench.Order(n, image);
        for (int n = 1; n <= 9; n++) Assert.Equal("done", await bench.EndOf(n));

        Assert.Equal((1, 4), (mostOne, most));
        Assert.InRange(mostMany, 2, 4);
    }

    [Theory]
    [InlineData("""{"type":"update_firmware","version":"1.0.0","file_size":0,"md5sum":"1864c7bdedbe7c28714025ff5a0d871a","url":"http://h/f"}""", "file_size")]
    [InlineData("""{"type":"update_firmware","version":"1.0.0","file_size":5,"md5sum":"short","url":"http://h/f"}""", "md5sum")]
    [InlineData("""{"type":"update_firmware","version":"1.0.0","file_size":5,"md5sum":"1864c7bdedbe7c28714025ff5a0d871a","url":"ftp://h/f"}""", "url")]
    public async Task An_order_that_is_not_usable_is_refused(string order, string because)
    {
        await using var bench = await FirmwareBench.StartAsync();

        bench.Say(1, order);

        await Step.Of("it is refused", ct => bench.Hub.UntilAsync("m1", state => state == "fail -5", ct), bench);
        Assert.Contains(because, bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench.Updates.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"type":"update_firmware"}""")]
    [InlineData("""{"type":"update_firmware","version":"../../etc","file_size":5,"md5sum":"1864c7bdedbe7c28714025ff5a0d871a","url":"http://h/f"}""")]
    [InlineData("""{"type":"report_version_rsp","result_code":0,"result_msg":"success","version":"1"}""")]
    public async Task What_is_no_order_changes_nothing(string text)
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench.Say(1, text);

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
    }

    [Fact]
    public async Task An_image_that_is_larger_than_the_store_is_refused()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { MaxBytes = 1024 });

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("firmware.maxBytes", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench.Files.Downloads);
    }

    [Fact]
    public async Task A_disk_that_has_no_room_to_spare_refuses()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { Reserve = 1L << 40 });

        bench.Order(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("firmware.reserve", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_makes_room_with_what_nobody_needs_any_more()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { MaxBytes = 15_000 });
        bench.Order(1, bench.Add("1.0.0", Image));
        Assert.Equal("done", await bench.EndOf(1));

        var second = bench.Add("1.1.0", [.. Image, 1]);
        bench.Order(1, second);

        Assert.Equal("done", await bench.EndOf(1, times: 2));
        await bench.Until("the second one is done", () => bench.StatusOf(1) is { Version: "1.1.0", Phase: UpdatePhase.Done });
        Assert.Equal([$"{second.Md5}-{second.Size}.bin"], bench.FilesOf("images"));
    }

    [Fact]
    public async Task An_image_that_the_disk_has_spoilt_since_is_fetched_again_before_it_is_handed_over()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].SetReady(false);
        var image = bench.Add("1.0.0", Image);
        bench.Order(1, image);
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        string file = Path.Combine(bench.In("images"), $"{image.Md5}-{image.Size}.bin");
        byte[] spoilt = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        spoilt[5000] ^= 1;
        await File.WriteAllBytesAsync(file, spoilt, TestContext.Current.CancellationToken);

        await bench.RestartAsync();
        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(Image, Assert.Single(bench[1].Device.Images));
        Assert.Equal(2, bench.Files.Downloads.Count);
    }

    [Fact]
    public async Task Progress_of_the_download_is_told_when_it_has_changed()
    {
        byte[] large = new byte[1_000_000];
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { DownloadRate = 100_000 });

        bench.Order(1, bench.Add("1.0.0", large));

        Assert.Equal("done", await bench.EndOf(1));
        var progress = bench.Hub.All("m1").Where(state => state.StartsWith("downloading", StringComparison.Ordinal)).ToList();
        Assert.InRange(progress.Count, 2, 100);
        Assert.Equal(progress.Count, progress.ToHashSet(StringComparer.Ordinal).Count);
    }
}
