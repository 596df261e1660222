namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>Vectors: Tencent Cloud IoT Hub documentation's algorithms, computed independently or produced by the official SDKs.</summary>
public sealed class DeviceSignatureTests
{
    [Theory]
    [InlineData("GWPROD0001test01;12010126;AbC12;1700003600", "609ac5ccf3b35862814d0934252368770e05e11c;hmacsha1")]
    [InlineData("GWPROD0001test01;12010126;AbC12;1700003600",
        "2176a7a363fae968ad9360177362b23c8d7dab38f4ceb2fa3209358d23d6cb8a;hmacsha256")]
    [InlineData("GWPROD0001test01;21010406;AbC12;1700000000000", "29e439da1273de937308b7908ea4443bef9816ed;hmacsha1")]
    [InlineData("GWPROD0001test01;21010406;AbC12;1700000000000",
        "9c012eb0ce98e5e8f4c62b87e810962b0ded6fca01b5020caedee8585824b577;hmacsha256")]
    [InlineData("GWPROD0001test01;21010406;5evhR;1795378568456", "258f15bfe1393d2223bcc2454758d373a5789c88;hmacsha1")]
    [InlineData("GWPROD0001test01;21010406;4r9Ze;9223372036854775807", "85cc7e30fd9b5d2704c90c1015140517f68314e9;hmacsha1")]
    [InlineData("GWPROD0001test01;12010126;9O98z;2147483647",
        "3ac832b52385db72cf38d3ebb9c2ba0347cae1f8e39161d4ad76af87e10146db;hmacsha256")]
    public void A_password_signed_with_the_decoded_secret_is_right(string username, string password)
    {
        Assert.True(DeviceSignature.VerifyConnect(Example.GatewaySecret, username, password));
        Assert.False(DeviceSignature.VerifyConnect(Example.SubDeviceSecret, username, password));
        Assert.False(DeviceSignature.VerifyConnect(Example.GatewaySecret, username + "0", password));
        Assert.False(
            DeviceSignature.VerifyConnect(Example.GatewaySecret, username, password.Replace("hmacsha", "md", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("hmacsha1", 121213, 1589786839, "qvAGtM/1FbGDFX3sGP6+py+lxh8=", true)]
    [InlineData("hmacsha256", 121213, 1589786839, "DCExujesQ0a2N5VmO7E4dtEAf6+3yb60lAJ6ps2Q9UY=", true)]
    [InlineData("hmacsha1", 121213, 1589786839, "oL97ZEC3+REmy3q7r+QbP9xGdDE=", false)]
    [InlineData("hmacsha256", 121213, 1589786839, "HhowI/o4laqO0bIyOrXXHcHxBOVBv1pgbpBC3Nfl80I=", false)]
    [InlineData("hmacsha1", 803194748, 1795378792, "eKi86Uag4Cx8bHBaCVUZXMZ4Jl0=", true)]
    [InlineData("hmacsha256", 684446, 1795379495, "JdcCWbX7aBjc1cCKpx5uQ32YmLQV20II+xl0tqOPlH0=", true)]
    [InlineData("hmacsha1", 864383747, 1795378619, "Qegcmj7FzyYevRT0f07WuIqzyIM=", true)]
    public void A_bind_is_signed_with_the_text_of_the_secret(string method, long random, long timestamp, string signature, bool right) =>
        Assert.Equal(right, DeviceSignature.VerifyBind(Example.SubDeviceSecret, Example.Test1, method, random, timestamp, signature));
}
