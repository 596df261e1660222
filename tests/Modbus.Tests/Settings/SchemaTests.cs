using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Modbus.Tests;

/// <summary>The gateway validates configurations by the schema that these types export, so it must be there and explain itself.</summary>
public sealed class SchemaTests
{
    public static TheoryData<Type> Settings =>
        [typeof(ModbusChannelSettings), typeof(ModbusDeviceSettings), typeof(ModbusFirmwareSettings), typeof(ModbusPoint)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_explains_itself(Type type)
    {
        var info = Info(type);
        foreach (var property in info.Properties.Where(p => p.Get is not null))
            Assert.True(property.AttributeProvider?.IsDefined(typeof(DescriptionAttribute), inherit: false),
                $"{type.Name}.{property.Name} has no description.");
    }

    [Fact]
    public void Ranges_required_members_and_names_are_in_the_schema()
    {
        string channel = Info(typeof(ModbusChannelSettings)).GetJsonSchemaAsNode().ToJsonString();
        Assert.Contains("\"required\":[\"host\"]", channel, StringComparison.Ordinal);
        Assert.Contains("\"enum\":[\"tcp\"]", channel, StringComparison.Ordinal);
        string point = Info(typeof(ModbusPoint)).GetJsonSchemaAsNode().ToJsonString();
        Assert.Contains("\"enum\":[\"coil\",\"discrete\",\"input\",\"holding\"", point, StringComparison.Ordinal);
        Assert.Contains("\"float32\"", point, StringComparison.Ordinal);
        string device = Info(typeof(ModbusDeviceSettings)).GetJsonSchemaAsNode().ToJsonString();
        Assert.Contains("\"prepareTimeout\"", device, StringComparison.Ordinal);
        var port = Info(typeof(ModbusChannelSettings)).Properties.Single(p => string.Equals(p.Name, "port", StringComparison.Ordinal));
        Assert.True(port.AttributeProvider?.IsDefined(typeof(RangeAttribute), inherit: false));
    }

    private static JsonTypeInfo Info(Type type) => ModbusJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException(type.Name);
}
