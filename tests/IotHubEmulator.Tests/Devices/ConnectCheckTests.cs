namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class ConnectCheckTests
{
    private const string ClientId = "GWPROD0001test01";
    private static readonly EmulatedDevice Gateway = Example.Devices(null, null)[0];
    private static readonly EmulatedDevice SubDevice = Example.Devices(null, null)[2];

    [Theory]
    [InlineData(0, "2147483647")]
    [InlineData(0, "9223372036854775807")]   // the C SDK's "never"
    [InlineData(0, "1795378568456")]         // the Python SDK's milliseconds
    [InlineData(0, "1589786840")]
    [InlineData(4, "1589786839")]            // the very second: no longer
    [InlineData(4, "9223372036854775808")]
    [InlineData(4, "-1")]
    [InlineData(4, "")]
    public void The_expiry_is_a_64_bit_second_in_the_future(int code, string expiry)
    {
        var (username, password) = TestGateway.Credentials(ClientId, expiry);
        Assert.Equal(code, (int)ConnectCheck.Check(Gateway, ClientId, username, password, Example.Now).Code);
    }

    [Fact]
    public void Each_wrong_part_has_its_return_code()
    {
        var (username, password) = TestGateway.Credentials(ClientId);
        var (_, foreignPassword) = TestGateway.Credentials(ClientId, secret: Example.SubDeviceSecret);
        var (otherUsername, otherPassword) = TestGateway.Credentials("GWPROD0001test02");
        Assert.Equal(4, Code(Gateway, ClientId, username, foreignPassword));
        Assert.Equal(4, Code(Gateway, ClientId, username, null));
        Assert.Equal(4, Code(Gateway, ClientId, null, password));
        Assert.Equal(4, Code(Gateway, ClientId, otherUsername, otherPassword));
        Assert.Equal(4, Code(Gateway, ClientId, username + ";x", password));
        Assert.Equal(5, Code(null, ClientId, username, password));
        Assert.Equal(5, Code(SubDevice, SubDevice.Id.ClientId, username, password));
        Assert.Equal(2, Code(null, "", username, password));
        Assert.Equal(2, Code(null, "GWPROD0001/test01", username, password));
        Assert.Equal(2, Code(null, new string('a', 59), username, password));
        Assert.Equal(5, Code(null, new string('a', 58), username, password));
        Assert.Equal(0, Code(Gateway, ClientId, username, password));
    }

    private static int Code(EmulatedDevice? device, string clientId, string? username, string? password) =>
        (int)ConnectCheck.Check(device, clientId, username, password, Example.Now).Code;
}
