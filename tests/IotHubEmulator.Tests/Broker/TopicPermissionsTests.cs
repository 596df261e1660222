namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class TopicPermissionsTests
{
    [Theory]
    [InlineData("P/D/data", "both")]
    [InlineData("P/D/control", "subscribe")]
    [InlineData("P/D/event", "publish")]
    [InlineData("P/D/user/any", "both")]
    [InlineData("P/D/+", "subscribe")]
    [InlineData("P/D/#", "subscribe")]
    [InlineData("P/D/a/+/b", "subscribe")]
    [InlineData("P/D/#/a", null)]
    [InlineData("P/D/a+", null)]
    [InlineData("P/+/data", null)]
    [InlineData("+/D/data", null)]
    [InlineData("#", null)]
    [InlineData("P/D", null)]
    [InlineData("", null)]
    [InlineData("$gateway/operation/P/D", "publish")]
    [InlineData("$gateway/operation/result/P/D", "subscribe")]
    [InlineData("$gateway/operation/result/P/+", null)]
    [InlineData("$sys/operation/result/P/D", "subscribe")]
    [InlineData("$ota/report/P/D", "publish")]
    [InlineData("$ota/update/P/D", "subscribe")]
    [InlineData("$ota/update/P/#", null)]
    [InlineData("$rrpc/rxd/P/D/+", "subscribe")]
    [InlineData("$rrpc/rxd/P/D/#", null)]
    [InlineData("$rrpc/txd/P/D/17", "publish")]
    [InlineData("$thing/down/property/P/D", "subscribe")]
    [InlineData("$thing/down/+/P/D", null)]
    [InlineData("$SYS/broker", null)]
    public void A_topic_is_read_as_the_permission_table_says(string topic, string? access)
    {
        TopicAccess? expected = access switch
        {
            "both" => TopicAccess.Publish | TopicAccess.Subscribe,
            "subscribe" => TopicAccess.Subscribe,
            "publish" => TopicAccess.Publish,
            _ => null,
        };
        var permission = TopicPermissions.Read(topic);
        Assert.Equal(expected, permission?.Access);
        if (permission is { } read) Assert.Equal(new HubDeviceId("P", "D"), read.Device);
    }

    [Fact]
    public void A_topic_above_255_bytes_belongs_to_nobody()
    {
        Assert.NotNull(TopicPermissions.Read("P/D/" + new string('a', 251)));
        Assert.Null(TopicPermissions.Read("P/D/" + new string('a', 252)));
    }
}
