namespace BridgeFramework.Gateway.Tests;

/// <summary>What a configuration for the Modbus driver may say without anybody noticing at once, and what `validate` says of it.</summary>
public sealed class QuietMistakeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public QuietMistakeTests()
    {
        PrivateText.Write(
            Path.Combine(_folder, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""");
        BuildOutput.Drop("modbus", _folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        """{ "table": "holding", "address": 0, "type": "Float32" }""",
        """at.type: "Float32" is not known here: did you mean "float32"? """)]
    [InlineData(
        """{ "table": "holding", "address": 0, "type": "float32", "order": "cdab" }""",
        """at.order: "cdab" is not of the expected form: did you mean "CDAB"?""")]
    [InlineData(
        """{ "table": "holding", "address": 0, "type": "float32", "order": "big" }""",
        """at.order: "big" is not of the expected form: expected "ABCD", "CDAB", "BADC" or "DCBA", or each byte """)]
    public async Task A_value_that_is_nearly_right_is_said_with_the_right_one(string at, string expected)
    {
        var (code, error) = await Validate($$"""
            "c": { "driver": "modbus", "settings": { "host": "h" }, "devices": [ { "id": "P/d", "points": { "x": { "at": {{at}} } } } ] }
            """);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("^", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_a_driver_in_another_case_is_said_with_the_right_one()
    {
        var (code, error) = await Validate(""" "c": { "driver": "Modbus" } """);

        Assert.Equal(2, code);
        Assert.Contains(
            """channels.c.driver: "Modbus" is not of the expected form: did you mean "modbus"?""", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "table": "input", "address": 0 }""", "readWrite")]
    [InlineData("""{ "address": "10001" }""", "write")]
    public async Task A_point_that_nobody_can_write_may_not_be_written(string at, string access)
    {
        var (code, error) = await Validate($$"""
            "c": { "driver": "modbus", "settings": { "host": "h" }, "devices": [
              { "id": "P/d", "points": { "x": { "at": {{at}}, "access": "{{access}}" } } } ] }
            """);

        Assert.Equal(2, code);
        Assert.Contains(
            $"points.x.access: \"{access}\" is more than there is: this point can only be read. Set it to \"read\", or correct 'at'.",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_a_port_in_it_is_a_mistake_that_names_the_port()
    {
        var (code, error) = await Validate(""" "c": { "driver": "modbus", "settings": { "host": "10.0.0.5:1502" } } """);

        Assert.Equal(2, code);
        Assert.Contains(
            "channels.c.settings.host: \"10.0.0.5:1502\" has a port in it: write \"host\": \"10.0.0.5\" and \"port\": 1502.",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sub_devices_of_one_unit_are_one_warning()
    {
        var (code, error) = await Validate("""
            "c": { "driver": "modbus", "settings": { "host": "h" }, "devices": [
              { "range": "1..5", "id": "P/d{n}", "points": { "x": { "at": { "table": "holding", "address": 0 } } } },
              { "id": "P/other", "settings": { "unitId": 2 } } ] }
            """);

        Assert.Equal(0, code);
        Assert.Contains(
            "warning: channels.c.devices[0].settings: 5 sub-devices of this channel have the same settings (P/d1, P/d2, P/d3 and 2 more), "
                + "and are one device to it: give each its own.",
            error,
            StringComparison.Ordinal);
        Assert.EndsWith("\n1 warning\n", "\n" + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sub_devices_may_share_a_unit_where_they_share_no_point_of_it()
    {
        var (_, error) = await Validate("""
            "c": { "driver": "modbus", "settings": { "host": "h" }, "devices": [
              { "id": "P/a", "points": { "x": { "at": { "table": "holding", "address": 0 } } } },
              { "id": "P/b", "points": { "x": { "at": { "table": "holding", "address": 1 } } } } ] }
            """);

        Assert.Equal("", error);
    }

    [Fact]
    public async Task Two_channels_to_one_endpoint_are_a_warning()
    {
        var (code, error) = await Validate("""
            "a": { "driver": "modbus", "settings": { "host": "meters.example" } },
            "b": { "driver": "modbus", "settings": { "host": "Meters.example", "port": 502, "maxGap": 0 } },
            "c": { "driver": "modbus", "settings": { "host": "meters.example", "port": 503 } }
            """);

        Assert.Equal(0, code);
        Assert.Contains(
            "warning: channels.b.settings.host: the channel 'a' has the same host \"Meters.example\", port 502: many devices take one "
                + "connection only; let one channel have all of its sub-devices.",
            error,
            StringComparison.Ordinal);
        Assert.EndsWith("\n1 warning\n", error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Error)> Validate(string channels)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"), $$"""{ "plugins": { "folder": "." }, "channels": { {{channels}} } }""",
            TestContext.Current.CancellationToken);
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync(["validate", "--config", _folder], output, error);
        return (code, error.ToString());
    }
}
