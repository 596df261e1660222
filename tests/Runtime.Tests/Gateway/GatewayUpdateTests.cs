using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Firmware updates of the gateway itself.</summary>
public sealed class GatewayUpdateTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 200_000).Select(i => (byte)((7 * i) + 13))];

    [Fact]
    public async Task It_is_not_updated_unless_a_command_is_configured()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);

        await OrderAsync(hub, site, "");

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Gateway, task => task.IsFinished, ct));
        Assert.Equal((FirmwareTaskState.Failed, -5, 0), (task.State, task.ResultCode, hub.Downloads.Count));
        Assert.Contains("gatewayCommand", task.ResultMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_command_is_given_the_image_as_it_stands()
    {
        Assert.SkipUnless(File.Exists("/bin/cp"), "There is no /bin/cp here.");
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        string copy = site.In("taken $(x) {version}").Replace("{version}", "99.0.0", StringComparison.Ordinal);

        await OrderAsync(hub, site, $$"""[ "/bin/cp", "{image}", "{{site.In("taken $(x) {version}")}}" ]""");

        await site.Until(
            "it burns", ct => hub.WaitForFirmwareTaskAsync(Cloud.Gateway, task => task.State == FirmwareTaskState.Burning, ct));
        await Reaches(site, UpdatePhase.Confirming);
        Assert.Equal(Image, await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/does/not/exist", "/does/not/exist")]
    [InlineData("/bin/false", "exit code 1")]
    public async Task A_command_that_fails_or_cannot_be_run_is_told_to_the_hub(string program, string because)
    {
        Assert.SkipWhen(program == "/bin/false" && !File.Exists(program), "There is no /bin/false here.");
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub, time: new FasterTime(20));

        await OrderAsync(hub, site, $"""[ "{program}" ]""");

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Gateway, task => task.IsFinished, ct));
        Assert.Equal((FirmwareTaskState.Failed, -5), (task.State, task.ResultCode));
        Assert.Contains(because, task.ResultMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_has_the_gateway_restarted_is_not_ended_with_it()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "There is no /bin/sh here.");
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        var (begun, goOn, ended) = (site.In("begun"), site.In("go-on"), site.In("ended"));
        await OrderAsync(hub, site, $$"""[ "/bin/sh", "-c", "touch {{begun}}; while [ ! -e {{goOn}} ]; do sleep 0.02; done; touch {{ended}}" ]""");
        await Appears(site, begun);

        await site.StopAsync();
        Assert.False(File.Exists(ended));
        await File.WriteAllTextAsync(goOn, "", TestContext.Current.CancellationToken);

        await Appears(site, ended);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_that_ends_the_gateway_and_brings_nothing_is_run_three_times(bool isKilled)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "There is no /bin/sh here.");
        await using var bench = await FirmwareBench.StartAsync(prepare: bench =>
        {
            string begun = bench.In("begun");
            string command = $"echo begun >> {begun}; while [ -e {begun} ] && [ ! -e {bench.In("go-on")} ]; do sleep 0.02; done";
            bench.MakeTarget = () => new GatewayTarget(
                ["/bin/sh", "-c", command], new PrivateFolder(bench.In("command")), "0.1.0", bench.Time);
        });
        bench.Assign(1, bench.Add("99.0.0", Image));

        for (int times = 1; times <= 3; times++)
        {
            await bench.Until($"the command runs, {times}", () => Begun(bench) == times);
            await (isKilled ? bench.KillAsync() : bench.RestartAsync());
        }

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("still runs 0.1.0", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Equal(3, Begun(bench));
        await File.WriteAllTextAsync(bench.In("go-on"), "", TestContext.Current.CancellationToken);

        static int Begun(FirmwareBench bench) => File.Exists(bench.In("begun")) ? File.ReadAllLines(bench.In("begun")).Length : 0;
    }

    [Fact]
    public async Task It_is_held_for_approval_where_its_operator_says_so()
    {
        Assert.SkipUnless(File.Exists("/bin/true"), "There is no /bin/true here.");
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await OrderAsync(hub, site, """[ "/bin/true" ], "gateway": { "holdForApproval": true } """);
        await Reaches(site, UpdatePhase.Held);
        Assert.Empty(hub.Downloads);

        await site.Gateway.Firmware.ApproveAsync(SubDeviceId.Parse(Cloud.Gateway.ToString()), TestContext.Current.CancellationToken);

        await Reaches(site, UpdatePhase.Confirming);
    }

    [Fact]
    public async Task Its_command_is_begun_within_the_window_and_a_version_that_runs_says_so_outside_it()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "There is no /bin/sh here.");
        var time = new WatchedTime();
        string version = "0.1.0";
        await using var bench = await FirmwareBench.StartAsync(prepare: bench =>
        {
            bench.Time = time;
            var opens = TimeOnly.FromDateTime(time.GetLocalNow().DateTime).AddHours(1);
            bench.Policy = new UpdatePolicy { Window = new MaintenanceWindow(opens, opens.AddHours(2)) };
            string begun = bench.In("begun");
            string command = $"echo begun > {begun}; while [ -e {begun} ] && [ ! -e {bench.In("go-on")} ]; do sleep 0.02; done";
            bench.MakeTarget = () => new GatewayTarget(
                ["/bin/sh", "-c", command], new PrivateFolder(bench.In("command")), version, bench.Time);
        });
        bench.Assign(1, bench.Add("99.0.0", Image));
        await bench.Until("it waits for the window", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        Assert.False(File.Exists(bench.In("begun")));
        await bench.Until("the command runs", () =>
        {
            if (File.Exists(bench.In("begun"))) return true;
            if (bench.StatusOf(1)?.Phase == UpdatePhase.Queued) time.Advance(TimeSpan.FromMinutes(1));
            return false;
        });
        Assert.True(bench.Policy.Window?.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)));

        (version, bench.AtStart) = ("99.0.0", () => time.Advance(TimeSpan.FromHours(5)));
        await bench.KillAsync();

        Assert.Equal("done", await bench.EndOf(1));
        Assert.False(bench.Policy.Window?.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)));
        await File.WriteAllTextAsync(bench.In("go-on"), "", TestContext.Current.CancellationToken);
    }

    private static async Task OrderAsync(HubEmulator hub, Site site, string command)
    {
        if (command.Length > 0) site.Sections = $$""" "firmware": { "gatewayCommand": {{command}} }, """;
        hub.AddFirmware(Cloud.Gateway.ProductId, "99.0.0", Image);
        await site.StartAsync();
        await site.Until(
            "the hub hears of the version", ct => hub.WaitForDeviceAsync(Cloud.Gateway, device => device.FirmwareVersion is not null, ct));
        await hub.StartFirmwareTaskAsync(Cloud.Gateway, "99.0.0");
    }

    private static Task Reaches(Site site, UpdatePhase phase) =>
        Until(site, $"the update is {phase.InWords()}", () => site.Gateway.Firmware.Status is [var update] && update.Phase == phase);

    private static Task Appears(Site site, string file) => Until(site, $"{file} is there", () => File.Exists(file));

    /// <summary>Waits for what has no signal of its own.</summary>
    private static Task Until(Site site, string what, Func<bool> holds) => site.Until(what, async ct =>
    {
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, ct);
    });
}
