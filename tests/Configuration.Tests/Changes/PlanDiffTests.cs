using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration.Tests;

public sealed class PlanDiffTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public PlanDiffTests() => _folder.WriteSecret("test1", "AAECAwQFBgcICQoLDA0ODw==");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plan_that_is_read_again_is_the_same() =>
        Assert.True(Between(ConfigurationFolder.Example, ConfigurationFolder.Example).IsEmpty);

    [Theory]
    [InlineData("\"1s\"", "\"1000ms\"")]
    [InlineData("// without host", "// another remark:")]
    [InlineData("\"range\": \"2..3\", \"id\": \"SUBPROD001/m{n:00}\"", "\"id\": \"SUBPROD001/m{n:00}\", \"range\": \"2..3\"")]
    public void What_is_only_written_in_another_way_is_the_same(string from, string to) =>
        Assert.True(Between(ConfigurationFolder.Example, Edited(from, to)).IsEmpty);

    [Fact]
    public void Each_setting_that_differs_is_named_with_both_values()
    {
        var diff = Between(ConfigurationFolder.Example, Edited("\"scale\": 0.1", "\"scale\": 0.5"));

        Assert.Equal((0, 0), (diff.Gateway.Count, diff.Channels.Count));
        Assert.Equal("SUBPROD001/test1 SUBPROD001/m02 SUBPROD001/m03", string.Join(' ', diff.SubDevices.Select(device => device.Id)));
        Assert.All(diff.SubDevices, device => Assert.Equal(
            (PlanChange.Changed, "line1", "points.setpoint.at.scale 0.1 -> 0.5"),
            (device.Change, device.Channel, Assert.Single(device.Settings).ToString())));
    }

    [Fact]
    public void What_comes_and_what_goes_is_named_once()
    {
        var diff = Between(ConfigurationFolder.Example, Edited("\"range\": \"2..3\"", "\"range\": \"3..4\""));

        Assert.Equal(
            [("SUBPROD001/m02", PlanChange.Removed), ("SUBPROD001/m04", PlanChange.Added)],
            diff.SubDevices.Select(device => (device.Id.ToString(), device.Change)));
    }

    [Fact]
    public void A_channel_under_another_name_is_another_one_and_its_sub_devices_move()
    {
        var diff = Between(ConfigurationFolder.Example, Edited("\"line1\"", "\"line2\""));

        Assert.Equal([("line1", PlanChange.Removed), ("line2", PlanChange.Added)], diff.Channels.Select(c => (c.Name, c.Change)));
        Assert.Equal(4, diff.SubDevices.Count);
        Assert.All(
            diff.SubDevices,
            device => Assert.Equal(
                (PlanChange.Changed, "line1", "line2", 0), (device.Change, device.MovesFrom, device.Channel, device.Settings.Count)));
    }

    [Fact]
    public void A_channel_with_other_settings_is_changed_and_its_sub_devices_are_not()
    {
        var diff = Between(ConfigurationFolder.Example, Edited("1502", "1503"));

        var channel = Assert.Single(diff.Channels);
        Assert.Equal((PlanChange.Changed, "settings.port 1502 -> 1503"), (channel.Change, Assert.Single(channel.Settings).ToString()));
        Assert.Empty(diff.SubDevices);
    }

    [Fact]
    public void Another_secret_is_a_change_that_shows_neither()
    {
        var from = _folder.LoadValid(ConfigurationFolder.Example);
        _folder.WriteSecret("test1", "EBESExQVFhcYGRobHB0eHw==");

        var device = Assert.Single(PlanDiff.Between(from, _folder.LoadValid(ConfigurationFolder.Example)).SubDevices);

        Assert.Equal("secret *** -> ***", Assert.Single(device.Settings).ToString());
    }

    [Theory]
    [InlineData("\"hub\":     {", "\"hub\":     { \"keepAlive\": \"2m\",", "hub.keepAlive 4m -> 2m")]
    [InlineData("\"tls\": false", "\"tls\": false, \"registrationUrl\": \"http://127.0.0.1/\"",
        "hub.registrationUrl (not set) -> http://127.0.0.1/")]
    [InlineData("\"plugins\" }",
        "\"plugins\", \"trust\": \"allow-list\", \"allow\": [\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"] }",
        "plugins.trust any -> 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("\"hub\":     {", "\"uplink\": { \"latency\": \"2s\" }, \"hub\":     {", "uplink.latency 1s -> 2s")]
    public void A_setting_of_the_gateway_is_named(string from, string to, string change)
    {
        var diff = Between(ConfigurationFolder.Example, Edited(from, to));

        Assert.Equal(change, Assert.Single(diff.Gateway).Setting.ToString());
        Assert.Equal((0, 0), (diff.Channels.Count, diff.SubDevices.Count));
    }

    [Fact]
    public void What_a_product_says_differs_in_each_of_its_sub_devices()
    {
        var diff = Between(ConfigurationFolder.Example, Edited("\"up\": \"data\"", "\"up\": \"values\""));

        Assert.Empty(diff.Gateway);
        Assert.Equal(3, diff.SubDevices.Count);
        Assert.All(diff.SubDevices, device => Assert.Equal("profile.up data -> values", Assert.Single(device.Settings).ToString()));
    }

    [Theory]
    [InlineData("\"unitId\": 1", "\"unitId\": { }", "settings.unitId 1 -> {}")]
    [InlineData("\"unitId\": 1", "\"unitId\": [1, { \"a\": null }]", "settings.unitId 1 -> (not set); settings.unitId[0] (not set) -> 1; "
        + "settings.unitId[1].a (not set) -> null")]
    [InlineData("\"unitId\": 1", "\"unitId\": 1, \"a.b\": \"\u4e2d\"", "settings[\"a.b\"] (not set) -> \"\u4e2d\"")]
    [InlineData("\"unitId\": 1", "\"unitId\": 1, \"apiKey\": [{ \"v\": 17 }]", "settings.apiKey[0].v (not set) -> ***")]
    [InlineData("\"unitId\": 1 }", "\"unitId\": 1 }, \"points\": { \"voltage\": { \"interval\": \"2s\" } }",
        "points.voltage.interval 1s -> 2s")]
    [InlineData("\"unitId\": 1 }", "\"unitId\": 1 }, \"points\": { \"y\": { \"at\": {} } }", "points.y (not set) -> (a point)")]
    public void What_a_driver_is_told_is_compared_value_by_value(string from, string to, string changes)
    {
        var device = Assert.Single(Between(ConfigurationFolder.Example, Edited(from, to)).SubDevices);

        Assert.Equal(changes, string.Join("; ", device.Settings));
    }

    [Fact]
    public void Another_key_in_a_drivers_settings_is_a_change_that_shows_neither()
    {
        static string With(string key) => Edited("\"unitId\": 1", $"\"unitId\": 1, \"networkKey\": \"{key}\"");

        var device = Assert.Single(Between(With("00112233"), With("44556677")).SubDevices);

        Assert.Equal("settings.networkKey *** -> ***", Assert.Single(device.Settings).ToString());
    }

    [Theory]
    [InlineData("hub.keepAlive=2m", TakesEffect.WithNewConnection)]
    [InlineData("hub.port=1884", TakesEffect.WithNewConnection)]
    [InlineData("hub.publishRate=3", TakesEffect.AtOnce)]
    [InlineData("hub.unbindRemoved=true", TakesEffect.AtOnce)]
    [InlineData("uplink.leaveFor=1h", TakesEffect.AtOnce)]
    [InlineData("reload=watch", TakesEffect.AtOnce)]
    [InlineData("uplink.storage=memory", TakesEffect.AtRestart)]
    [InlineData("uplink.maxBytes=1048576", TakesEffect.AtOnce)]
    [InlineData("firmware.downloads=3", TakesEffect.AtOnce)]
    [InlineData("data.folder=elsewhere", TakesEffect.AtRestart)]
    [InlineData("plugins.folder=elsewhere", TakesEffect.AtRestart)]
    [InlineData("plugins.trust=allow-list", TakesEffect.AtRestart)]
    [InlineData("plugins.trial=2s", TakesEffect.AtRestart)]
    public void Each_setting_of_the_gateway_has_its_time(string setting, TakesEffect effect)
    {
        var diff = PlanDiff.Between(
            _folder.LoadValid(ConfigurationFolder.Example),
            _folder.Load(ConfigurationFolder.Example, setting).Plan!); // ! at most a warning

        var change = Assert.Single(diff.Gateway);
        Assert.Equal((effect, setting.Split('=')[0]), (change.Effect, change.Setting.Path));
        Assert.Equal(effect == TakesEffect.AtRestart ? [change.Setting] : [], diff.NeedsRestart);
        Assert.Equal(effect == TakesEffect.WithNewConnection, diff.Reconnects);
        Assert.False(diff.IsEmpty);
    }

    [Fact]
    public void Who_the_gateway_is_needs_a_restart_and_how_it_proves_that_a_connection()
    {
        var plan = _folder.LoadValid(ConfigurationFolder.Example);
        var other = plan with
        {
            DeviceInfo = plan.DeviceInfo with
            {
                Gateway = new DeviceIdentity("GWPROD0001", "other"),
                Credentials = new KeyCredentials { Secret = new DeviceSecret("EBESExQVFhcYGRobHB0eHw==") },
                SubDevices = [new DeviceInfoSubDevice(new DeviceIdentity("P", "d"), Secret: null)],
            },
        };

        Lines.AreEqual(
            [
                "deviceInfo.credentials.secret *** -> *** WithNewConnection",
                "deviceInfo.gateway GWPROD0001/test01 -> GWPROD0001/other AtRestart",
                "deviceInfo.subDevices.P/d (not set) -> listed AtOnce",
            ],
            PlanDiff.Between(plan, other).Gateway.Select(change => $"{change.Setting} {change.Effect}"));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 3, true)]
    public void Most_is_more_than_half_of_those_that_are_there(int present, int removed, bool most)
    {
        var plan = _folder.LoadValid(DevicesIn("a", present));
        var left = _folder.LoadValid(DevicesIn("a", present - removed));

        Assert.Equal(most, PlanDiff.Between(plan, left).RemovesMost);
        Assert.False(PlanDiff.Between(left, plan).RemovesMost);
    }

    [Fact]
    public void Sub_devices_that_move_are_not_removed()
    {
        var diff = Between(DevicesIn("a", 4), DevicesIn("b", 4));

        Assert.Equal(4, diff.PresentSubDevices);
        Assert.False(diff.RemovesMost);
    }

    /// <summary>A setting that a plan gains must not be forgotten: each one that there is, in whatever record, is changed once.</summary>
    [Fact]
    public void Every_setting_of_a_plan_counts()
    {
        var plan = _folder.LoadValid(ConfigurationFolder.Example);

        var unseen = PlanVariants.Of(plan).Where(variant => PlanDiff.Between(plan, variant.Plan).IsEmpty).Select(variant => variant.Path);

        Lines.AreEqual(
            [
                "DeviceInfo.ProductSecret", // read anew whenever it is needed
                "DeviceInfo.CaFile", // in Hub.CaFile, if it counts
                "DeviceInfo.Notes",
                "Products", // in each of their sub-devices
            ],
            unseen);
    }

    private static string DevicesIn(string channel, int count) => $$"""
        { "channels": { "{{channel}}": { "driver": "d", "devices": [
          {{string.Join(", ", Enumerable.Range(1, count).Select(n => $$"""{ "id": "P/d{{n}}" }"""))}} ] } } }
        """;

    private static string Edited(string from, string to)
    {
        Assert.Contains(from, ConfigurationFolder.Example, StringComparison.Ordinal);
        return ConfigurationFolder.Example.Replace(from, to, StringComparison.Ordinal);
    }

    private PlanDiff Between(string from, string to) => PlanDiff.Between(_folder.LoadValid(from), _folder.LoadValid(to));
}
