namespace BridgeFramework.Configuration.Tests;

/// <summary>Each row: a file, and everything that is said about it.</summary>
public sealed class MistakeTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // Keys
    [InlineData("""{ "hub": { "prot": 1 } }""", "bridge.json:1:12: hub.prot: this key is not known: did you mean 'port'?")]
    [InlineData("""{ "firmware": { "hosts": [] } }""", "bridge.json:1:26: firmware.hosts: this has 0 items: expected 1 to 64.")]
    [InlineData("""{ "plugins": { "qqqqq": 1 } }""", "bridge.json:1:16: plugins.qqqqq: this key is not known: expected one of folder, trial, provenAfter, trust, allow.")]
    // Plugins
    [InlineData("""{ "plugins": { "trust": "all" } }""", "bridge.json:1:25: plugins.trust: \"all\" is not known here: expected one of \"any\", \"allow-list\".")]
    [InlineData("""{ "plugins": { "trust": "allow-list", "allow": [ "abc" ] } }""", "bridge.json:1:50: plugins.allow[0]: \"abc\" is not of the expected form: expected the SHA-256 of a plugin.json: 64 of 0-9 a-f.")]
    [InlineData("""{ "HUB": {} }""", "bridge.json:1:3: HUB: this key is not known: did you mean 'hub'?")]
    [InlineData("{\n  \"hub\": { \"port\": 1,\n           \"port\": 2 } }",
        "bridge.json:3:12: hub.port: this key is here twice (first in line 2): remove one of them.")]
    [InlineData("""{ "channels": { "c": { } } }""", "bridge.json:1:22: channels.c: 'driver' is missing: expected the name of a driver: 1 to 32 of a-z 0-9 -, beginning with a letter.")]
    // Paths
    [InlineData("""{ "hub": { "caFile": "" } }""", "bridge.json:1:22: hub.caFile: this is empty: expected text of 1 to 1024 characters.")]
    [InlineData("""{ "hub": { "caFile": "a\u0000b" } }""", "bridge.json:1:22: hub.caFile: this is no path: it holds a character that no path may hold.")]
    // Kinds and ranges
    [InlineData("[]", "bridge.json:1:1: this is a list: expected an object in braces.")]
    [InlineData("""{ "hub": { "port": 70000 } }""", "bridge.json:1:20: hub.port: 70000 is too large: expected 1 to 65535.")]
    [InlineData("""{ "hub": { "port": 0 } }""", "bridge.json:1:20: hub.port: 0 is too small: expected 1 to 65535.")]
    [InlineData("""{ "hub": { "port": 1e400 } }""", "bridge.json:1:20: hub.port: 1e400 is not an integer: expected an integer, 1 to 65535.")]
    [InlineData("""{ "hub": { "port": 99999999999999999999999999999999999 } }""", "bridge.json:1:20: hub.port: 99999999999999999999999999999999999 is too large: expected 1 to 65535.")]
    [InlineData("""{ "hub": { "port": "1883" } }""", "bridge.json:1:20: hub.port: \"1883\" is text: expected an integer, 1 to 65535.")]
    [InlineData("""{ "hub": { "port": null } }""", "bridge.json:1:20: hub.port: this is null: expected an integer, 1 to 65535.")]
    [InlineData("""{ "hub": { "tls": 1 } }""", "bridge.json:1:19: hub.tls: 1 is a number: expected true or false.")]
    [InlineData("""{ "hub": { "host": "a b" } }""", "bridge.json:1:20: hub.host: \"a b\" is not of the expected form: expected a host name or address, such as \"127.0.0.1\".")]
    [InlineData("""{ "hub": { "publishRate": -1 } }""", "bridge.json:1:27: hub.publishRate: -1 is too small: expected 0 to 10000.")]
    [InlineData("""{ "hub": { "publishBurst": 0 } }""", "bridge.json:1:28: hub.publishBurst: 0 is too small: expected 1 to 10000.")]
    [InlineData("""{ "hub": { "operationBatch": 101 } }""", "bridge.json:1:30: hub.operationBatch: 101 is too large: expected 1 to 100.")]
    [InlineData("""{ "hub": { "changeAcknowledgement": "SDK" } }""", "bridge.json:1:37: hub.changeAcknowledgement: \"SDK\" is not known here: did you mean \"sdk\"? Expected one of \"documented\", \"sdk\", \"none\".")]
    [InlineData("""{ "hub": { "registrationUrl": "https://u:p@h/register" } }""", "bridge.json:1:31: hub.registrationUrl: a user or a password has no place in this address: take out what is before '@'.")]
    [InlineData("""{ "hub": { "registrationUrl": "ftp://x/register" } }""", "bridge.json:1:31: hub.registrationUrl: \"ftp://x/register\" is not of the expected form: expected an http or https address without a query.")]
    [InlineData("""{ "products": { "P": { "secret": "short" } } }""", "bridge.json:1:34: products.P.secret: this is no product secret: a product secret has 16 to 256 characters, this one has 5.")]
    [InlineData("""{ "channels": { "c": { "driver": "modbus", "devices": [ { "id": "P/d", "secret": "x", "certificate": "device_info.json" } ] } } }""", "bridge.json:1:102: channels.c.devices[0].certificate: a sub-device is bound with its 'secret' or with its 'certificate', not with both: remove one.")]
    [InlineData("""{ "hub": { "keepAlive": "1s" } }""", "bridge.json:1:25: hub.keepAlive: \"1s\" is too short: expected 60s to 850s.")]
    [InlineData("""{ "hub": { "keepAlive": "soon" } }""", "bridge.json:1:25: hub.keepAlive: \"soon\" is not a duration: expected a duration such as \"250ms\", \"1s\" or \"10m\", 60s to 850s.")]
    [InlineData("""{ "hub": { "deviceInfo": "" } }""", "bridge.json:1:26: hub.deviceInfo: this is empty: expected text of 1 to 1024 characters.")]
    // Names and references
    [InlineData("""{ "channels": { "a b": { "driver": "d" } } }""", "bridge.json:1:17: channels.a b: \"a b\" is not of the expected form: expected a name: 1 to 64 of A-Z a-z 0-9 _ -.")]
    [InlineData("""{ "products": { "P": { "type": "metre" } }, "deviceTypes": { "meter": { "driver": "d" } } }""", "bridge.json:1:32: products.P.type: \"metre\" is no device type: did you mean \"meter\"?")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "type": "m" } ] } } }""", "bridge.json:1:75: channels.c.devices[0].type: \"m\" is no device type: there are no 'deviceTypes'.")]
    [InlineData(
        """{ "deviceTypes": { "m": { "driver": "x" } }, "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "type": "m" } ] } } }""",
        "bridge.json:1:118: channels.c.devices[0].type: the device type 'm' is for the driver 'x', but this channel's driver is 'd': "
            + "give the sub-device another type.")]
    [InlineData("""{ "products": { "P": { "profile": { "up": "control" } } } }""", "bridge.json:1:43: products.P.profile.up: 'up' and 'down' are both \"control\": the cloud would send the gateway its own messages back; give them different topics.")]
    [InlineData("""{ "products": { "P": { "profile": { "up": "a//b" } } } }""", "bridge.json:1:43: products.P.profile.up: \"a//b\" is not of the expected form: expected 1 to 64 of A-Z a-z 0-9 _ - /, no empty level.")]
    // Sub-devices
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ 7 ] } } }""", "bridge.json:1:52: channels.c.devices[0]: 7 is a number: expected an object in braces.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ {} ] } } }""", "bridge.json:1:52: channels.c.devices[0]: 'id' is missing: expected productId/deviceName, such as \"SUBPROD001/meter-1\".")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "Pd" } ] } } }""", "bridge.json:1:60: channels.c.devices[0].id: \"Pd\" is no sub-device id: expected productId/deviceName, such as \"SUBPROD001/meter-1\".")]
    [InlineData(
        "{ \"channels\": { \"c\": { \"driver\": \"d\", \"devices\": [ { \"id\": \"P/d\" } ] },\n  \"e\": { \"driver\": \"d\", "
            + "\"devices\": [ { \"id\": \"P/d\" } ] } } }",
        "bridge.json:2:46: channels.e.devices[0].id: the sub-device P/d is here twice (first at bridge.json:1): every id may be used "
            + "once in a gateway.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "range": "1..2" } ] } } }""", "bridge.json:1:60: channels.c.devices[0].id: \"P/d\" gives every sub-device of the range the same id: put {n} or {n:00} in it.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d{n}" } ] } } }""", "bridge.json:1:60: channels.c.devices[0].id: \"P/d{n}\" holds {n}, and there is no 'range' to give it numbers: add one, such as \"range\": \"1..8\".")]
    [InlineData("""{ "hub": { "host": "127.0.0.1:1883" } }""", "bridge.json:1:20: hub.host: \"127.0.0.1:1883\" has a port in it: write \"host\": \"127.0.0.1\" and \"port\": 1883.")]
    [InlineData("""{ "channels": { "c": { "driver": "MODBUS" } } }""", "bridge.json:1:34: channels.c.driver: \"MODBUS\" is not of the expected form: did you mean \"modbus\"? Expected the name of a driver: 1 to 32 of a-z 0-9 -, beginning with a letter.")]
    // Points
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": {} } } ] } } }""", "bridge.json:1:84: channels.c.devices[0].points.x: 'at' is missing: expected an object in braces, where the point lives.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "a.b": { "at": {} } } } ] } } }""", "bridge.json:1:79: channels.c.devices[0].points.a.b: \"a.b\" is not of the expected form: expected a name: 1 to 64 of A-Z a-z 0-9 _ -.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "access": "readwrite" } } } ] } } }""", "bridge.json:1:106: channels.c.devices[0].points.x.access: \"readwrite\" is not known here: did you mean \"readWrite\"? Expected one of \"read\", \"readWrite\", \"write\".")]
    // Uplink
    [InlineData("""{ "uplink": { "maxBytes": 1000 } }""", "bridge.json:1:27: uplink.maxBytes: 1000 is too small: expected 1048576 to 1099511627776.")]
    [InlineData("""{ "uplink": { "maxDeviceBytes": 2000000000000 } }""", "bridge.json:1:33: uplink.maxDeviceBytes: 2000000000000 is too large: expected 65536 to 1099511627776.")]
    [InlineData("""{ "uplink": { "maxAge": "30s" } }""", "bridge.json:1:25: uplink.maxAge: \"30s\" is too short: expected 1m to 3650d.")]
    [InlineData("""{ "uplink": { "commitInterval": "61s" } }""", "bridge.json:1:33: uplink.commitInterval: \"61s\" is too long: expected 0s to 60s.")]
    [InlineData("""{ "uplink": { "latency": "10ms" } }""", "bridge.json:1:26: uplink.latency: \"10ms\" is too short: expected 100ms to 10m.")]
    [InlineData("""{ "uplink": { "liveShare": 9 } }""", "bridge.json:1:28: uplink.liveShare: 9 is too small: expected 10 to 100.")]
    [InlineData("""{ "uplink": { "badInterval": "31d" } }""", "bridge.json:1:30: uplink.badInterval: \"31d\" is too long: expected 0s to 30d.")]
    [InlineData("""{ "uplink": { "storage": "disc" } }""", "bridge.json:1:26: uplink.storage: \"disc\" is not known here: did you mean \"disk\"? Expected one of \"disk\", \"memory\".")]
    [InlineData("""{ "products": { "P": { "whenFull": "dropAll" } } }""", "bridge.json:1:36: products.P.whenFull: \"dropAll\" is not known here: expected one of \"dropOldest\", \"dropNewest\".")]
    [InlineData("""{ "products": { "P": { "profile": { "format": "json" } } } }""", "bridge.json:1:47: products.P.profile.format: \"json\" is not known here: expected one of \"plain\", \"compact\".")]
    // Reports
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "deadband": -0.5 } } } } ] } } }""", "bridge.json:1:120: channels.c.devices[0].points.x.report.deadband: -0.5 is too small: expected at least 0.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "deadbandPercent": 101 } } } } ] } } }""", "bridge.json:1:127: channels.c.devices[0].points.x.report.deadbandPercent: 101 is too large: expected 0 to 100.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "minInterval": "1ms" } } } } ] } } }""", "bridge.json:1:123: channels.c.devices[0].points.x.report.minInterval: \"1ms\" is too short: expected 10ms to 1d.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "maxInterval": "31d" } } } } ] } } }""", "bridge.json:1:123: channels.c.devices[0].points.x.report.maxInterval: \"31d\" is too long: expected 10ms to 30d.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "deadBand": 1 } } } } ] } } }""", "bridge.json:1:108: channels.c.devices[0].points.x.report.deadBand: this key is not known: did you mean 'deadband'?")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "minInterval": "2m", "maxInterval": "119s" } } } } ] } } }""", "bridge.json:1:144: channels.c.devices[0].points.x.report.maxInterval: \"119s\" is shorter than 'minInterval', \"2m\": a value cannot go again before it may go; make it longer.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "type": "boolean", "report": { "deadband": 1 } } } } ] } } }""", "bridge.json:1:139: channels.c.devices[0].points.x.report.deadband: a point of type \"boolean\" has no dead-band: remove it, or write \"onChange\": true.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "type": "text", "report": { "deadbandPercent": 1 } } } } ] } } }""", "bridge.json:1:143: channels.c.devices[0].points.x.report.deadbandPercent: a point of type \"text\" has no dead-band: remove it, or write \"onChange\": true.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "deadband": 1, "onChange": false } } } } ] } } }""", "bridge.json:1:135: channels.c.devices[0].points.x.report.onChange: with 'onChange' false every value goes, and 'deadband' has no meaning: remove one of the two.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { "onChange": false, "maxInterval": "1m" } } } } ] } } }""", "bridge.json:1:120: channels.c.devices[0].points.x.report.onChange: with 'onChange' false every value goes, and 'maxInterval' has no meaning: remove one of the two.")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "report": { "minInterval": "2s", "maxInterval": "1s" } } ] } } }""", "bridge.json:1:115: channels.c.devices[0].report.maxInterval: \"1s\" is shorter than 'minInterval', \"2s\": a value cannot go again before it may go; make it longer.")]
    // Columns are counted in characters
    [InlineData("""{ /* 电表 é 😀 */ "hub": { "port": 0 } }""", "bridge.json:1:33: hub.port: 0 is too small: expected 1 to 65535.")]
    public void A_mistake_is_said_with_its_place_and_what_was_expected(string json, string expected)
    {
        var result = _folder.Load(json);

        Lines.AreEqual([expected], result.Mistakes.Select(m => m.ToString()));
        Assert.Null(result.Plan);
    }

    [Theory]
    [InlineData("SUBPROD01", "did you mean \"SUBPROD001\"?")]
    [InlineData("OTHER", "it does nothing.")]
    public void A_product_that_no_sub_device_has_is_a_warning(string product, string meant)
    {
        var result = _folder.Load($$"""
            { "products": { "{{product}}": { "type": "m" } }, "deviceTypes": { "m": { "driver": "d" } },
              "channels": { "c": { "driver": "d", "devices": [ { "range": "1..10", "id": "SUBPROD001/d{n}" } ] } } }
            """);

        Lines.AreEqual(
            [$"bridge.json:1:17: warning: products.{product}: no sub-device is of this product: {meant}"],
            result.Mistakes.Select(m => m.ToString()));
        Assert.NotNull(result.Plan);
    }

    [Fact]
    public void An_ipv6_address_has_no_port_in_it() => _folder.LoadValid("""{ "hub": { "host": "fe80::1" } }""");

    [Fact]
    public void All_mistakes_are_said_at_once_in_the_order_of_the_file()
    {
        var result = _folder.Load("""
            {
              "hub": { "port": 70000, "tsl": true },
              "products": { "P": { "type": "nothing" } },
              "channels": {
                "c": { "driver": "D", "devices": [ { "id": "P/d", "secret": 5 }, { "id": "P/d" } ] }
              }
            }
            """);

        Assert.Equal([(2, 20), (2, 27), (3, 32), (5, 22), (5, 65), (5, 78)], result.Mistakes.Select(m => (m.Line, m.Column)));
    }

    [Fact]
    public void A_mistake_in_a_device_type_is_said_once_however_many_sub_devices_share_it()
    {
        var result = _folder.Load("""
            { "deviceTypes": { "m": { "driver": "d", "points": { "x": { "unit": "V" } } } },
              "channels": { "c": { "driver": "d", "devices": [ { "range": "1..9", "id": "P/d{n}", "type": "m" } ] } } }
            """);

        Lines.AreEqual(
            ["bridge.json:1:59: deviceTypes.m.points.x: 'at' is missing: expected an object in braces, where the point lives."],
            result.Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_mistake_in_the_report_of_a_device_type_is_said_once_with_its_line()
    {
        var result = _folder.Load("""
            { "deviceTypes": { "m": { "driver": "d",
                "report": { "minInterval": "2s",
                            "maxInterval": "1s" },
                "points": { "x": { "at": {}, "type": "bytes",
                                   "report": { "deadband": 1 } } } } },
              "channels": { "c": { "driver": "d", "devices": [ { "range": "1..9", "id": "P/d{n}", "type": "m" } ] } } }
            """);

        Lines.AreEqual(
            [
                "bridge.json:3:32: deviceTypes.m.report.maxInterval: \"1s\" is shorter than 'minInterval', \"2s\": a value cannot go "
                    + "again before it may go; make it longer.",
                "bridge.json:5:48: deviceTypes.m.points.x.report.deadband: a point of type \"bytes\" has no dead-band: remove it, or "
                    + "write \"onChange\": true.",
            ],
            result.Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_missing_file_says_which_and_how_to_begin_one()
    {
        var mistake = Assert.Single(ConfigurationLoader.Load(_folder.Path).Mistakes);

        Assert.Equal(_folder.In("bridge.json"), mistake.File);
        Assert.StartsWith(
            "there is no configuration here. Name the folder that holds bridge.json (for bridge: --config DIR)", mistake.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_identity_file_is_a_mistake_of_its_line()
    {
        var mistake = Assert.Single(_folder.Load("""{ "hub": { "deviceInfo": "other.json" } }""").Mistakes);

        Assert.Equal(
            $"bridge.json:1:26: hub.deviceInfo: the file \"{_folder.In("other.json")}\" does not exist: put it there, or say where it is "
                + "(relative to the configuration folder).",
            mistake.ToString());
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_read()
    {
        using (var file = File.Create(_folder.In("bridge.json"))) file.SetLength(ConfigurationLoader.MaxFileLength + 1);

        var mistake = Assert.Single(ConfigurationLoader.Load(_folder.Path).Mistakes);

        Assert.Equal("the file has 16777217 bytes: expected at most 16777216.", mistake.Message);
    }
}
