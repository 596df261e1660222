using System.Buffers.Binary;
using System.Globalization;
using BridgeFramework.Testing;
using Example.Listener;

namespace BridgeFramework.Drivers.Samples.Tests.Listener;

public sealed class ListenerDriverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_thousand_adverts_those_of_200_tags_are_reported_and_the_others_are_discovered()
    {
        SubDevice[] tags = [.. Enumerable.Range(0, 200).Select(n => Tag((uint)n))];
        await using var driver = await StartAsync(TimeProvider.System, tags);
        using var air = driver.Connect();

        // Each is answered for before the next hundred are sent: UDP loses what a full buffer cannot hold, and this is no test of that.
        for (uint n = 0; n < 1000; n++)
        {
            await air.SendAsync(Bytes(n, (short)n, 90), Ct);
            if (n % 100 != 99) continue;
            string last = n.ToString("x8", CultureInfo.InvariantCulture);
            if (n < 200) await driver.Channel.Reports.WaitAsync(report => report.Device == tags[n], Ct).OrFail($"tag {n} is reported");
            else await driver.Channel.Discovered.WaitAsync(found => found.Address == last, Ct).OrFail($"tag {n} is discovered");
        }

        Assert.Equal(tags, driver.Channel.Reports.ToList().Select(report => report.Device));
        Assert.Equal(Variant.From(1.99), driver.Channel.Reports.ToList()[199]["temperature"].Value);
        Assert.Equal(Variant.From(90), driver.Channel.Reports.ToList()[199]["battery"].Value);
        Assert.Equal(800, driver.Channel.Discovered.ToList().Select(found => found.Address).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("000000c8", driver.Channel.Discovered.ToList()[0].Settings!.Value.GetProperty("tag").GetString());
    }

    [Fact]
    public async Task A_foreign_tag_that_advertises_again_is_told_of_without_being_made_anew()
    {
        await using var driver = await StartAsync(TimeProvider.System);
        using var air = driver.Connect();

        for (int i = 0; i < 2; i++) await air.SendAsync(Bytes(7, 0, 0), Ct);
        await air.SendAsync(Bytes(8, 0, 0), Ct);

        await driver.Channel.Discovered.WaitAsync(found => found.Address == "00000008", Ct).OrFail("the last tag is discovered");
        var found = driver.Channel.Discovered.ToList();
        Assert.Equal(3, found.Count);
        Assert.Same(found[0], found[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("54")]
    [InlineData("5401000000070000")]
    [InlineData("540100000007000000FF")]
    [InlineData("5402000000070000FF")]
    public async Task What_is_no_advert_is_ignored(string datagram)
    {
        var tag = Tag(7);
        await using var driver = await StartAsync(TimeProvider.System, tag);
        using var air = driver.Connect();

        await air.SendAsync(Convert.FromHexString(datagram), Ct);
        await air.SendAsync(new byte[60_000], Ct);
        await air.SendAsync(Bytes(7, -550, 1), Ct);

        await driver.Channel.Reports.WaitAsync(_ => true, Ct).OrFail("the advert is reported");
        var report = Assert.Single(driver.Channel.Reports.ToList());
        Assert.Equal(Variant.From(-5.5), report["temperature"].Value);
        Assert.Empty(driver.Channel.Discovered.ToList());
        Assert.Equal(3, driver.Channel.Frames.Count);
    }

    [Fact]
    public async Task A_tag_without_a_reading_has_an_invalid_temperature_and_a_good_battery()
    {
        await using var driver = await StartAsync(TimeProvider.System, Tag(7));
        using var air = driver.Connect();

        await air.SendAsync(Bytes(7, short.MinValue, 3), Ct);

        var report = await driver.Channel.WaitForQualityAsync("temperature", Quality.Invalid, Ct).OrFail("the temperature is invalid");
        Assert.Equal(Variant.From(3), report["battery"].Value);
    }

    [Fact]
    public async Task A_tag_that_is_not_heard_of_for_the_time_is_absent_and_no_other()
    {
        var time = new WatchedTime();
        var (fresh, lost, never) = (Tag(1), Tag(2), Tag(3));
        await using var driver = await StartAsync(time, fresh, lost, never);
        using var air = driver.Connect();
        await time.ArmedAsync(TimeSpan.FromMinutes(1));
        await air.SendAsync(Bytes(2, 0, 0), Ct);
        await driver.Channel.WaitForPresenceAsync(lost, Presence.Present, Ct).OrFail("the tag is present");
        time.Advance(TimeSpan.FromMinutes(2));
        await air.SendAsync(Bytes(1, 0, 0), Ct);
        await driver.Channel.WaitForPresenceAsync(fresh, Presence.Present, Ct).OrFail("the other tag is present");

        time.Advance(TimeSpan.FromMinutes(3));

        await driver.Channel.WaitForPresenceAsync(never, Presence.Absent, Ct).OrFail("the tag that was never heard is absent");
        var absence = await driver.Channel.WaitForPresenceAsync(lost, Presence.Absent, Ct).OrFail("the lost tag is absent");
        Assert.Contains("00:05:00", absence.Reason, StringComparison.Ordinal);
        // The watch goes through the tags in their order, so it has looked at this one before.
        Assert.DoesNotContain(
            driver.Channel.PresenceChanges.ToList(), change => change.Device == fresh && change.Presence == Presence.Absent);

        await air.SendAsync(Bytes(2, 0, 0), Ct);
        int known = driver.Channel.PresenceChanges.ToList().ToList().FindIndex(change => change == absence);
        await driver.Channel.WaitForPresenceAsync(lost, Presence.Present, Ct, known).OrFail("the tag is back");
    }

    [Fact]
    public async Task A_tag_that_is_configured_twice_is_a_fault_that_no_retry_heals()
    {
        var driver = new ListenerDriver(
            Settings, TimeProvider.System, new Microsoft.Extensions.Logging.Testing.FakeLogger<ListenerDriver>());

        var fault = await Assert.ThrowsAsync<DriverException>(() => driver.RunAsync(new InMemoryChannel(Tag(7), Tag(7, "again")), Ct));

        Assert.False(fault.IsTransient);
        Assert.Contains("TAGPROD001/again has the tag 00000007", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_fault_that_names_it()
    {
        await using var first = await StartAsync(TimeProvider.System);
        var settings = Settings with { Port = first.Endpoint.Port };
        var second = new ListenerDriver(
            settings, TimeProvider.System, new Microsoft.Extensions.Logging.Testing.FakeLogger<ListenerDriver>());

        var fault = await Assert.ThrowsAsync<LinkDownException>(() => second.RunAsync(new InMemoryChannel(), Ct));

        Assert.Contains($"UDP port {settings.Port} of 127.0.0.1", fault.Message, StringComparison.Ordinal);
    }

    private static ListenerChannelSettings Settings { get; } = new() { Address = "127.0.0.1", Port = 0 };

    private static Task<RunningDriver<ListenerDriver>> StartAsync(TimeProvider time, params IReadOnlyList<SubDevice> tags) =>
        RunningDriver<ListenerDriver>.StartAsync(log => new ListenerDriver(Settings, time, log), new InMemoryChannel(tags));

    private static byte[] Bytes(uint tag, short temperature, byte battery)
    {
        byte[] bytes = new byte[9];
        (bytes[0], bytes[1], bytes[8]) = ((byte)'T', 1, battery);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), tag);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), temperature);
        return bytes;
    }

    private static SubDevice Tag(uint tag, string? name = null) => TestDevice.FromJson(
        $$"""
        {
          "id": "TAGPROD001/{{name ?? $"tag-{tag}"}}",
          "settings": { "tag": "{{tag:x8}}" },
          "points": { "temperature": { "at": { "field": "temperature" } }, "battery": { "at": { "field": "battery" } } }
        }
        """,
        ListenerJson.Default.ListenerDeviceSettings,
        ListenerJson.Default.ListenerPoint);
}
