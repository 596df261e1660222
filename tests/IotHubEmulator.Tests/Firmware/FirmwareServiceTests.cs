using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>Reports and answers as in the captures published with the official SDKs.</summary>
public sealed class FirmwareServiceTests
{
    private const string Old = """{"type": "report_version", "report": {"version": "0.1.0"}}""";
    private const string OldNoted = """{"result_code":0,"result_msg":"success","type":"report_version_rsp","version":"0.1.0"}""";
    private static readonly byte[] Image = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(7 * i + 13))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_messages_have_the_form_and_the_length_of_the_capture()
    {
        Assert.Equal(OldNoted, Encoding.UTF8.GetString(FirmwareMessage.VersionNoted("report_version_rsp", "0.1.0", 0)));
        Assert.Equal((58, 86), (Old.Length, OldNoted.Length));
        Assert.Equal(84, FirmwareMessage.VersionNoted("report_version_rsp", "0.1", 0).Length);
        Assert.Equal(
            """{"file_size":200000,"md5sum":"1864c7bdedbe7c28714025ff5a0d871a","type":"update_firmware","url":"https://a.b/c?d=e&f=g%3D","version":"1.0.0"}""",
            Encoding.UTF8.GetString(FirmwareMessage.Update(
                "update_firmware", Image.Length, new FirmwareImage("P", "1.0.0", Image).Md5, "https://a.b/c?d=e&f=g%3D", "1.0.0")));
    }

    [Fact]
    public async Task A_reported_version_is_noted_and_acknowledged()
    {
        await using var hub = await StartAsync();
        await using var gateway = await ConnectAsync(hub);
        var (topic, payload, qos, retain) = await ReportAsync(gateway, Example.Test1, Old);
        Assert.Equal(("$ota/update/SUBPROD001/test1", OldNoted, 0, false), (topic, Encoding.UTF8.GetString(payload), qos, retain));
        Assert.Equal("0.1.0", hub.Devices.Single(device => device.Id == Example.Test1).FirmwareVersion);
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task An_unfinished_task_is_told_in_one_burst_with_the_acknowledgement_until_the_version_is_there()
    {
        await using var hub = await StartAsync();
        var image = hub.AddFirmware("SUBPROD001", "1.0.0", Image);
        var task = await hub.StartFirmwareTaskAsync(Example.Test1, "1.0.0");
        Assert.Equal((FirmwareTaskState.Waiting, 0), (task.State, task.Pushes));
        await using var gateway = await ConnectAsync(hub);
        for (int pushes = 1; pushes <= 2; pushes++)
        {
            await gateway.PublishAsync("$ota/report/SUBPROD001/test1", Old);
            Assert.Equal(OldNoted, await gateway.HearTextAsync("the acknowledgement"));
            Assert.Equal(
                $$"""{"file_size":200000,"md5sum":"1864c7bdedbe7c28714025ff5a0d871a","type":"update_firmware","url":"{{hub.GetFirmwareUrl(image).OriginalString}}","version":"1.0.0"}""",
                await gateway.HearTextAsync("update_firmware"));
            Assert.Equal(pushes, Assert.Single(hub.FirmwareTasks).Pushes);
        }

        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", Old.Replace("0.1.0", "1.0.0", StringComparison.Ordinal));
        Assert.Contains("report_version_rsp", await gateway.HearTextAsync("the acknowledgement"), StringComparison.Ordinal);
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task A_connected_device_is_told_at_once_and_again_when_asked()
    {
        await using var hub = await StartAsync();
        hub.AddFirmware("SUBPROD001", "1.0.0", Image);
        await using var gateway = await ConnectAsync(hub);
        await gateway.AskAsync("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""");
        Assert.Equal(1, (await hub.StartFirmwareTaskAsync(Example.Test1, "1.0.0")).Pushes);
        string first = await gateway.HearTextAsync("update_firmware");
        Assert.True(await hub.PushFirmwareAsync(Example.Test1));
        Assert.Equal(first, await gateway.HearTextAsync("update_firmware again"));
        await Assert.ThrowsAsync<HubRefusedException>(() => hub.PushFirmwareAsync(Example.Dev1));
    }

    [Fact]
    public async Task The_upgrade_of_the_Python_SDK_is_followed_to_its_end()
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        foreach (var (percent, length) in new[] { ("0", 151), ("55", 152), ("100", 153) })
        {
            string progress = $$$"""{"type": "report_progress", "report": {"progress": {"state": "downloading", "percent": "{{{percent}}}", "result_code": "0", "result_msg": ""}, "version": "1.0.0"}}""";
            Assert.Equal(length, progress.Length);
            await gateway.PublishAsync("$ota/report/SUBPROD001/test1", progress, qos: 0);
            var task = await hub.WaitForFirmwareTaskAsync(Example.Test1, task => task.Percent == int.Parse(percent,
                System.Globalization.CultureInfo.InvariantCulture) && task.State is FirmwareTaskState.Downloading, Ct);
            Assert.False(task.IsFinished);
        }

        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", """{"type": "report_progress", "report": {"progress": {"state": "done", "result_code": "0", "result_msg": ""}, "version": "1.0.0"}}""");
        Assert.Equal((FirmwareTaskState.Done, 100), (Task(hub).State, Task(hub).Percent));

        // The sample then reports its old version for ever: a finished task is not told again, and no late word reopens it.
        Assert.Equal(OldNoted, Encoding.UTF8.GetString((await ReportAsync(gateway, Example.Test1, Old)).Payload));
        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", Progress("\"state\":\"fail\",\"result_code\":\"-5\""));
        Assert.Equal(FirmwareTaskState.Done, Task(hub).State);
        await gateway.HearsNothingElseAsync();
    }

    [Theory]   // texts as the official SDKs send them, and numbers
    [InlineData("""  "state":"downloading","percent":"7","result_code":"0","result_msg":""  """, FirmwareTaskState.Downloading, 7, 0)]
    [InlineData("""  "state":"downloading","percent":7,"result_code":0  """, FirmwareTaskState.Downloading, 7, 0)]
    [InlineData("""  "state":"burning","result_code":"0","result_msg":""  """, FirmwareTaskState.Burning, 0, 0)]
    [InlineData("""  "state":"fail","result_code":"-5","result_msg":"time_out"  """, FirmwareTaskState.Failed, 0, -5)]
    [InlineData("""  "state":"fail","result_code":-2  """, FirmwareTaskState.Failed, 0, -2)]
    public async Task Progress_is_understood_in_all_its_forms(string progress, FirmwareTaskState state, int percent, int result)
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", Progress(progress));
        Assert.Equal((state, percent, result), (Task(hub).State, Task(hub).Percent, Task(hub).ResultCode));
        Assert.Equal(0, hub.Counters.UnintelligibleRequests);
    }

    [Fact]
    public async Task Progress_on_the_topic_of_the_gateway_counts_for_its_only_upgrading_sub_device()
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        await gateway.PublishAsync("$ota/report/GWPROD0001/test01", Progress("\"state\":\"downloading\",\"percent\":\"10\""));
        Assert.Equal(10, Task(hub).Percent);
        await hub.StartFirmwareTaskAsync(Example.Dev1, "1.0.0");
        await gateway.PublishAsync("$ota/report/GWPROD0001/test01", Progress("\"state\":\"downloading\",\"percent\":\"20\""));
        Assert.All(hub.FirmwareTasks, task => Assert.NotEqual(20, task.Percent));   // whose is it?
        Assert.Equal(0, hub.Counters.UnintelligibleRequests);
    }

    [Fact]
    public async Task Progress_to_another_version_changes_nothing()
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        await gateway.PublishAsync(
            "$ota/report/SUBPROD001/test1", Progress("\"state\":\"done\"").Replace("1.0.0", "0.9", StringComparison.Ordinal));
        Assert.Equal(FirmwareTaskState.Waiting, Task(hub).State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"type":"report_version"}""")]
    [InlineData("""{"type":"report_version","report":"0.1"}""")]
    [InlineData("""{"type":"report_version","report":{"version":""}}""")]
    [InlineData("""{"type":"report_version","report":{"version":"with a blank"}}""")]
    [InlineData("""{"type":"report_version","report":{"version":"123456789012345678901234567890123"}}""")]
    [InlineData("""{"type":"report_version","report":{"version":"\ud800"}}""")]
    [InlineData("""{"type":"report_progress","report":{"version":"1.0.0"}}""")]
    [InlineData("""{"type":"report_progress","report":{"version":"1.0.0","progress":{"state":"dancing"}}}""")]
    [InlineData("""{"type":"report_progress","report":{"version":"1.0.0","progress":{"state":"downloading","percent":"101"}}}""")]
    [InlineData("""{"type":"dance","report":{"version":"1.0.0"}}""")]
    public async Task What_is_no_report_is_counted_and_not_answered(string payload)
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", payload);
        await gateway.HearsNothingElseAsync();
        Assert.Equal(1, hub.Counters.UnintelligibleRequests);
        Assert.Equal(FirmwareTaskState.Waiting, Task(hub).State);
    }

    [Fact]
    public async Task Faults_strike_the_acknowledgement_and_the_command_apart()
    {
        await using var hub = await StartTaskAsync();
        await using var gateway = await ConnectAsync(hub);
        hub.InjectFault(new HubFault { Kind = HubFaultKind.DropAnswer, Operation = "report_version" });
        hub.InjectFault(new HubFault { Kind = HubFaultKind.DuplicateAnswer, Operation = "update_firmware" });
        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", Old);
        string update = await gateway.HearTextAsync("update_firmware");
        Assert.Contains("update_firmware", update, StringComparison.Ordinal);
        Assert.Equal(update, await gateway.HearTextAsync("update_firmware twice"));
        await gateway.HearsNothingElseAsync();
        Assert.Empty(hub.Faults);
    }

    [Fact]
    public async Task A_task_needs_a_device_and_an_image_of_its_product()
    {
        await using var hub = await StartAsync();
        hub.AddFirmware("GWPROD0001", "1.0.0", Image);
        Assert.Equal(HubRefusal.UnknownDevice, (await Assert.ThrowsAsync<HubRefusedException>(() =>
            hub.StartFirmwareTaskAsync(new HubDeviceId("SUBPROD001", "nobody"), "1.0.0"))).Refusal);
        Assert.Equal(HubRefusal.WrongState,
            (await Assert.ThrowsAsync<HubRefusedException>(() => hub.StartFirmwareTaskAsync(Example.Test1, "1.0.0"))).Refusal);
        Assert.Throws<HubRefusedException>(() => hub.AddFirmware("GWPROD0001", "1.0.0", Image));
        Assert.Throws<HubRefusedException>(() => hub.AddFirmware("GWPROD0001", "1/2", Image));
        Assert.Throws<HubRefusedException>(() => hub.AddFirmware("GWPROD/", "1", Image));
        Assert.Throws<HubRefusedException>(() => hub.AddFirmware("GWPROD0001", "2", ReadOnlyMemory<byte>.Empty));
    }

    private static Task<HubEmulator> StartAsync() => HubEmulator.StartAsync(Example.Options(), Ct);

    /// <summary>A hub with a task for test1 to come to 1.0.0.</summary>
    private static async Task<HubEmulator> StartTaskAsync()
    {
        var hub = await StartAsync();
        hub.AddFirmware("SUBPROD001", "1.0.0", Image);
        await hub.StartFirmwareTaskAsync(Example.Test1, "1.0.0");
        return hub;
    }

    private static async Task<TestGateway> ConnectAsync(HubEmulator hub)
    {
        var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(1, await gateway.SubscribeAsync("$ota/update/SUBPROD001/test1", 1));
        return gateway;
    }

    private static async Task<(string Topic, byte[] Payload, int Qos, bool Retain)> ReportAsync(
        TestGateway gateway, HubDeviceId device, string report)
    {
        await gateway.PublishAsync($"$ota/report/{device}", report);
        return await gateway.HearAsync("the acknowledgement");
    }

    private static FirmwareTask Task(HubEmulator hub) => hub.FirmwareTasks.Single(task => task.Device == Example.Test1);

    private static string Progress(string members) => $$$"""{"type":"report_progress","report":{"progress":{{{{members}}}},"version":"1.0.0"}}""";
}
