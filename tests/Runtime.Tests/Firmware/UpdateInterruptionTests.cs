namespace BridgeFramework.Runtime.Tests;

/// <summary>What tasks of the hub and orders of operators make of an update that is under way, and what is neither.</summary>
public sealed class UpdateInterruptionTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];

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
        bench.Assign(1, first);
        await bench.Until("it is being handed over", () => bench[1].Calls == 1);
        bench.Assign(1, second);
        bench.Assign(1, second);
        await bench.Until("the other one is next", () => bench.StatusOf(1)?.NextVersion == "1.1.0");
        await Step.Of(
            "the hub hears that the device is given it", ct => bench.Hub.UntilAsync("m1", state => state == "burning", ct), bench);
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
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);

        bench.Assign(1, bench.Add("1.1.0", [.. Image, 1]));
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
        bench.Assign(1, bench.Add("1.0.0", Image));
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
        Assert.Contains("no firmware update", (await Assert.ThrowsAsync<OrderNotPossibleException>(() =>
            bench.Updates.CancelAsync(none, token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnknownSubDeviceException>(() => bench.Updates.CancelAsync(SubDeviceId.Parse("SUBPROD001/m9"), token));
        bench.Assign(1, bench.Add("1.0.0", Image));
        await bench.EndOf(1);

        foreach (var order in (Func<SubDeviceId, CancellationToken, Task<FirmwareUpdateStatus>>[])[bench.Updates.ApproveAsync,
            bench.Updates.CancelAsync, bench.Updates.RetryAsync])
            Assert.Contains(
                "done", (await Assert.ThrowsAsync<OrderNotPossibleException>(() => order(none, token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_runs_the_version_already_is_given_nothing()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].Device.Version = "1.0.0");

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal((0, 0), (bench[1].Calls, bench.Files.Downloads.Count));
    }

    [Fact]
    public async Task A_version_that_is_ordered_again_is_answered_again_and_the_next_order_goes_ahead()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench.Add("2.0.0", Image);
        bench.Add("3.0.0", [.. Image, 1]);
        bench.Assign(1, "2.0.0");
        Assert.Equal("done", await bench.EndOf(1));

        bench.Assign(1, "2.0.0");
        Assert.Equal("done", await bench.EndOf(1, times: 2));
        Assert.Equal(1, bench[1].Calls);

        bench.Assign(1, "3.0.0");
        Assert.Equal("done", await bench.EndOf(1, times: 3));
        Assert.Equal("3.0.0", bench[1].Device.Version);
    }

    [Fact]
    public async Task A_downgrade_that_is_ordered_again_is_refused_again_and_so_is_its_retry()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].Device.Version = "2.0.0");
        bench.Add("1.0.0", Image);
        bench.Add("3.0.0", [.. Image, 1]);
        for (int times = 1; times <= 3; times++)
        {
            bench.Assign(1, "1.0.0");
            Assert.Equal("fail -5", await bench.EndOf(1, times));
        }

        var refusal = await Assert.ThrowsAsync<OrderNotPossibleException>(
            () => bench.Updates.RetryAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken));
        Assert.Contains("allowDowngrade", refusal.Message, StringComparison.Ordinal);

        bench.Assign(1, "3.0.0");
        Assert.Equal("done", await bench.EndOf(1, times: 4));
        Assert.Equal(1, bench[1].Calls);
    }

    [Fact]
    public async Task Who_goes_back_to_a_version_that_was_given_up_for_another_one_gets_it()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench.Add("1.0.0", Image);
        bench.Add("1.1.0", [.. Image, 1]);
        bench[1].SetReady(false);
        bench.Assign(1, "1.0.0");
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        bench.SetOnline(false);
        bench.Assign(1, "1.1.0");
        await bench.Until("the other one is next", () => bench.StatusOf(1)?.NextVersion == "1.1.0");
        var refusal = await Assert.ThrowsAsync<OrderNotPossibleException>(
            () => bench.Updates.RetryAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken));
        Assert.Contains("1.1.0", refusal.Message, StringComparison.Ordinal);

        bench.Assign(1, "1.0.0");
        await bench.Until("it is queued again", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        bench.SetOnline(true);
        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
        Assert.Equal("1.0.0", bench[1].Device.Version);
    }

    [Fact]
    public async Task What_cannot_be_given_firmware_says_so_at_once()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench[1].Obstacle = "Driver x cannot.");

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("Driver x cannot.", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench.Files.Downloads);
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

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(["done"], bench.Hub.EndsOf("m1"));
    }
}
