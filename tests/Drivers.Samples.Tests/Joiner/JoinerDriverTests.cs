using System.Net.Sockets;
using System.Text;
using BridgeFramework.Testing;
using Example.Joiner;

namespace BridgeFramework.Drivers.Samples.Tests.Joiner;

public sealed class JoinerDriverTests
{
    private readonly WatchedTime _time = new();
    private readonly InMemoryStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_joins_while_the_window_is_open_and_not_after()
    {
        await using var driver = await StartAsync();
        using var air = driver.Connect();
        await SayAsync(air, "early join lamp");
        await FenceAsync(driver, air);
        await driver.Driver.OpenAsync(TimeSpan.FromMinutes(1), Ct);

        await SayAsync(air, "desk join lamp");

        Assert.Equal("welcome", await HearAsync(air));
        var found = await driver.Channel.Discovered.WaitAsync(_ => true, Ct).OrFail("the device is discovered");
        Assert.Equal(("desk", "lamp", "desk"), (found.Address, found.Model, found.Settings!.Value.GetProperty("name").GetString()));

        _time.Advance(TimeSpan.FromMinutes(1));
        await SayAsync(air, "late join lamp");
        await SayAsync(air, "desk join lamp"); // it may say so again at any time
        Assert.Equal("welcome", await HearAsync(air));
        await driver.Driver.OpenAsync(TimeSpan.FromMinutes(1), Ct);
        await driver.Driver.OpenAsync(TimeSpan.Zero, Ct);
        await SayAsync(air, "closed join lamp");
        await FenceAsync(driver, air);
        Assert.All(driver.Channel.Discovered.ToList(), one => Assert.Equal("desk", one.Address));
        Assert.Equal(0, air.Available); // nobody else was welcome
    }

    [Fact]
    public async Task A_device_that_is_adopted_while_the_channel_runs_brings_its_points_and_reports()
    {
        await using var driver = await StartAsync();
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");
        var desk = Device("desk");

        await driver.Channel.ApplyAsync(driver.Driver, new DeviceChange { After = desk }, Ct);
        await SayAsync(air, "desk is brightness 40");

        await driver.Channel.WaitForValueAsync("brightness", value => value == Variant.From(40.0), Ct).OrFail("the value is reported");
        await driver.Channel.WaitForPresenceAsync(desk, Presence.Present, Ct).OrFail("the device is present");

        var renamed = Device("desk", "DESK-2");
        await driver.Channel.ApplyAsync(driver.Driver, new DeviceChange { Before = desk }, Ct);
        await driver.Channel.ApplyAsync(driver.Driver, new DeviceChange { After = renamed }, Ct);
        await SayAsync(air, "desk is brightness 41");
        var report = await driver.Channel.Reports.WaitAsync(report => report.Device == renamed, Ct).OrFail(
            "the value is that of the new sub-device");
        Assert.Equal(Variant.From(41.0), report["brightness"].Value);

        await driver.Channel.ApplyAsync(driver.Driver, new DeviceChange { Before = renamed }, Ct);
        await SayAsync(air, "desk is brightness 42");
        await FenceAsync(driver, air);
        Assert.Equal(2, driver.Channel.Reports.Count);
    }

    [Fact]
    public async Task A_device_that_is_configured_first_is_served_when_it_has_joined()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await SayAsync(air, "desk is brightness 40");
        await FenceAsync(driver, air);
        Assert.Equal(0, driver.Channel.PresenceChanges.Count);

        await JoinAsync(driver, air, "desk", "lamp");
        await SayAsync(air, "desk is brightness 41");

        await driver.Channel.WaitForValueAsync("brightness", value => value == Variant.From(41.0), Ct).OrFail("the value is reported");
        Assert.Equal(1, driver.Channel.Reports.Count);
    }

    [Theory]
    [InlineData("joined", "joined.copy")]
    [InlineData("joined.copy", "joined")]
    public async Task The_table_survives_a_restart_and_a_damaged_entry(string damaged, string whole)
    {
        await using (var before = await StartAsync())
        {
            using var first = before.Connect();
            await JoinAsync(before, first, "desk", "lamp");
        }

        byte[] entry = await _store.ReadAsync(damaged, Ct) ?? [];
        entry[^3] ^= 1;
        await _store.WriteAsync(damaged, entry, Ct);
        Assert.NotNull(await _store.ReadAsync(whole, Ct));

        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await SayAsync(air, "desk is brightness 40");
        await driver.Channel.WaitForValueAsync("brightness", value => value == Variant.From(40.0), Ct).OrFail(
            "the device is still of this network");
    }

    [Fact]
    public async Task A_table_of_a_newer_plugin_is_not_touched()
    {
        await new StoredState<JoinerPoint>(_store, "joined", version: 2, JoinerJson.Default.JoinerPoint).WriteAsync(new JoinerPoint(), Ct);
        byte[]? newer = await _store.ReadAsync("joined", Ct);

        var driver = new JoinerDriver(Settings, _time, new Microsoft.Extensions.Logging.Testing.FakeLogger<JoinerDriver>());
        var fault = await Assert.ThrowsAsync<DriverException>(() => driver.RunAsync(new InMemoryChannel { Store = _store }, Ct));

        Assert.False(fault.IsTransient);
        Assert.Contains("of version 2 and this plugin knows up to 1", fault.Message, StringComparison.Ordinal);
        Assert.Equal(newer, await _store.ReadAsync("joined", Ct));
    }

    [Fact]
    public async Task A_button_reports_that_it_was_pressed()
    {
        var door = Device("door");
        await using var driver = await StartAsync(door);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "door", "button");

        await SayAsync(air, "door pressed");

        var pressed = await driver.Channel.Events.WaitAsync(_ => true, Ct).OrFail("the event is reported");
        Assert.Equal((door, "pressed"), (pressed.Device, pressed.Event.Name));
    }

    [Fact]
    public async Task What_is_not_of_the_protocol_is_ignored_and_what_is_no_number_is_invalid()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");
        await driver.Driver.OpenAsync(TimeSpan.FromMinutes(1), Ct);

        string[] nonsense = ["", " ", "desk", "desk is", "desk is height 1", "desk join", "desk join castle",
            $"{new string('x', 33)} join lamp", new string('x', 5000)];
        foreach (string one in nonsense) await SayAsync(air, one);
        await SayAsync(air, "desk is brightness NaN");

        await driver.Channel.WaitForQualityAsync("brightness", Quality.Invalid, Ct).OrFail("the value is invalid");
        Assert.Equal(1, driver.Channel.Reports.Count);
        Assert.Equal(0, driver.Channel.Discovered.Count);
    }

    [Fact]
    public async Task A_command_waits_until_the_device_wakes_up()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");

        var written = driver.Driver.ExecuteAsync(desk, Write(70), Ct);
        await SayAsync(air, "desk awake");
        string[] set = (await HearAsync(air)).Split(' ');
        Assert.Equal(("set", "brightness=70"), (set[0], set[2]));
        Assert.False(written.IsCompleted);

        await SayAsync(air, "desk awake"); // it was not understood the first time
        Assert.Equal(set, (await HearAsync(air)).Split(' '));
        await SayAsync(air, "desk done 0"); // an answer to something else
        Assert.Equal(set, (await HearAsync(air)).Split(' '));
        await SayAsync(air, $"desk done {set[1]}");

        Assert.Equal(CommandOutcome.Done, Assert.Single((await written.OrFail("the command is done")).Points).Outcome);
    }

    [Fact]
    public async Task A_command_that_the_device_refuses_is_refused()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");

        var written = driver.Driver.ExecuteAsync(desk, Write(700), Ct);
        await SayAsync(air, "desk awake");
        await SayAsync(air, $"desk refused {(await HearAsync(air)).Split(' ')[1]} too bright");

        var refusal = await Assert.ThrowsAsync<DeviceRejectedException>(() => written.OrFail("the command is refused"));
        Assert.Contains("refused brightness=700: too bright", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_for_a_device_that_does_not_wake_up_times_out_and_is_never_sent()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), _time);
        var written = driver.Driver.ExecuteAsync(desk, Write(70), deadline.Token);

        _time.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<DeviceUnreachableException>(() => written.OrFail("the command times out"));
        await SayAsync(air, "desk awake");
        await SayAsync(air, "desk join lamp");
        Assert.Equal("welcome", await HearAsync(air)); // and not the command
    }

    [Fact]
    public async Task A_command_that_was_sent_and_not_answered_is_unknown()
    {
        var desk = Device("desk");
        await using var driver = await StartAsync(desk);
        using var air = driver.Connect();
        await JoinAsync(driver, air, "desk", "lamp");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), _time);
        var written = driver.Driver.ExecuteAsync(desk, Write(70), deadline.Token);
        await SayAsync(air, "desk awake");
        await HearAsync(air);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(CommandOutcome.Unknown, Assert.Single((await written.OrFail("the command ends")).Points).Outcome);
    }

    private static JoinerChannelSettings Settings { get; } = new() { Address = "127.0.0.1", Port = 0 };

    private static async Task SayAsync(UdpClient air, string what) => await air.SendAsync(Encoding.ASCII.GetBytes(what), Ct);

    private static async Task<string> HearAsync(UdpClient air) =>
        Encoding.ASCII.GetString((await air.ReceiveAsync(Ct).AsTask().OrFail("the device hears something")).Buffer);

    /// <summary>Waits until all that was said before has been dealt with: a datagram is looked at when the one before is done.</summary>
    private static async Task FenceAsync(RunningDriver<JoinerDriver> driver, UdpClient air)
    {
        int before = driver.Channel.Frames.Count;
        await SayAsync(air, "fence");
        await driver.Channel.Frames.WaitAsync(frame => frame.Bytes.Span.SequenceEqual("fence"u8), Ct, before).OrFail(
            "the driver is that far");
    }

    private static async Task JoinAsync(RunningDriver<JoinerDriver> driver, UdpClient air, string name, string type)
    {
        await driver.Driver.OpenAsync(TimeSpan.FromMinutes(1), Ct);
        await SayAsync(air, $"{name} join {type}");
        Assert.Equal("welcome", await HearAsync(air));
        await driver.Driver.OpenAsync(TimeSpan.Zero, Ct);
    }

    private static WritePoints Write(double brightness) => new()
    {
        Id = "1",
        Writes = [new PointWrite { Point = TestDevice.Point("brightness", new JoinerPoint(), PointAccess.ReadWrite),
            Value = Variant.From(brightness) }],
    };

    private static SubDevice Device(string name, string? deviceName = null) => TestDevice.FromJson(
        $$"""{ "id": "JOINPROD01/{{deviceName ?? name}}", "settings": { "name": "{{name}}" } }""", JoinerJson.Default.JoinerDeviceSettings, JoinerJson.Default.JoinerPoint);

    private Task<RunningDriver<JoinerDriver>> StartAsync(params IReadOnlyList<SubDevice> devices) =>
        RunningDriver<JoinerDriver>.StartAsync(
            log => new JoinerDriver(Settings, _time, log), new InMemoryChannel(devices) { Store = _store });
}
