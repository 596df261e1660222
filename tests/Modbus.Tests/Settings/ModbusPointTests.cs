using System.Text.Json;

namespace BridgeFramework.Modbus.Tests;

public sealed class ModbusPointTests
{
    [Theory]
    [InlineData("0", null, 0)]
    [InlineData("40001", null, 40001)]
    [InlineData("\"40001\"", "Holding", 0)]
    [InlineData("\"49999\"", "Holding", 9998)]
    [InlineData("\"30010\"", "Input", 9)]
    [InlineData("\"10001\"", "Discrete", 0)]
    [InlineData("\"00001\"", "Coil", 0)]
    [InlineData("\"465536\"", "Holding", 65535)]
    [InlineData("\"4x00001\"", "Holding", 0)]
    [InlineData("\"4x0001\"", "Holding", 0)]
    [InlineData("\"0x1F40\"", null, 8000)]
    public void An_address_is_read_in_all_its_forms(string json, string? table, int start)
    {
        var address = JsonSerializer.Deserialize($$"""{ "table": null, "address": {{json}} }""".Replace("\"table\": null", table is null ? "\"table\": \"holding\"" : "\"table\": null", StringComparison.Ordinal), ModbusJson.Default.ModbusPoint)!.Address;
        Assert.Equal(table, address.Table?.ToString());
        Assert.Equal(start, address.Start);
    }

    [Theory]
    [InlineData("""{ "table": "holding", "address": 65536 }""", "65536 is no address")]
    [InlineData("""{ "table": "holding", "address": "40000" }""", "\"40000\" is no address")]
    [InlineData("""{ "table": "holding", "address": "12" }""", "\"12\" is no address")]
    [InlineData("""{ "address": 0 }""", "'table' is missing")]
    [InlineData("""{ "table": "coil", "address": "40001" }""", "leave one out")]
    [InlineData("""{ "table": "coil", "address": 0, "type": "int16" }""", "A coil is a bool")]
    [InlineData("""{ "table": "holding", "address": 65535, "type": "int32" }""", "reach past 65535")]
    [InlineData("""{ "table": "holding", "address": 0, "type": "int16", "order": "ABCC" }""", "no order of the 2 bytes")]
    [InlineData("""{ "table": "holding", "address": 0, "type": "string" }""", "'length' is missing")]
    [InlineData("""{ "table": "holding", "address": 0, "type": "int16", "bit": 1 }""", "'bit' is for type bool")]
    [InlineData("""{ "table": "holding", "address": 0, "scale": 0 }""", "'scale' must be")]
    [InlineData("""{ "table": "holding", "address": 0, "skale": 1 }""", "skale")]
    [InlineData("""{ "table": "holding", "address": 0, "type": 3 }""", "type")]
    [InlineData("""{ "table": "holding" }""", "address")]
    public void A_mistake_is_named(string json, string named)
    {
        var e = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ModbusJson.Default.ModbusPoint));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_given_has_its_default()
    {
        var channel = JsonSerializer.Deserialize("""{ "transport": "tcp", "host": "127.0.0.1", "port": 1502 }""", ModbusJson.Default.ModbusChannelSettings)!;
        Assert.Equal(TimeSpan.FromSeconds(1), channel.ResponseTimeout);
        Assert.Equal(1, channel.MaxOutstanding);
        Assert.Equal(1502, channel.Port);
        Assert.Equal(1, JsonSerializer.Deserialize("{}", ModbusJson.Default.ModbusDeviceSettings)!.UnitId);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "port": 1502 }""", ModbusJson.Default.ModbusChannelSettings));
    }
}
