using System.Text;

namespace BridgeFramework.IotHub.Tests;

public sealed class CredentialVectorTests
{
    private static readonly DeviceIdentity Meter = new("SUBPROD001", "test1");
    private static readonly DeviceSecret GatewaySecret = new("AAECAwQFBgcICQoLDA0ODw==");
    private static readonly DeviceSecret MeterSecret = new("EBESExQVFhcYGRobHB0eHw==");

    // The first four are computed; the others are CONNECT packets of the official Python, C and Java SDKs.
    [Theory]
    [InlineData("GWPROD0001test01;12010126;AbC12;1700003600", HmacMethod.HmacSha1, "609ac5ccf3b35862814d0934252368770e05e11c;hmacsha1")]
    [InlineData("GWPROD0001test01;12010126;AbC12;1700003600", HmacMethod.HmacSha256,
        "2176a7a363fae968ad9360177362b23c8d7dab38f4ceb2fa3209358d23d6cb8a;hmacsha256")]
    [InlineData("GWPROD0001test01;21010406;AbC12;1700000000000", HmacMethod.HmacSha1, "29e439da1273de937308b7908ea4443bef9816ed;hmacsha1")]
    [InlineData("GWPROD0001test01;21010406;AbC12;1700000000000", HmacMethod.HmacSha256,
        "9c012eb0ce98e5e8f4c62b87e810962b0ded6fca01b5020caedee8585824b577;hmacsha256")]
    [InlineData("GWPROD0001test01;21010406;5evhR;1795378568456", HmacMethod.HmacSha1, "258f15bfe1393d2223bcc2454758d373a5789c88;hmacsha1")]
    [InlineData("GWPROD0001test01;21010406;4r9Ze;9223372036854775807", HmacMethod.HmacSha1,
        "85cc7e30fd9b5d2704c90c1015140517f68314e9;hmacsha1")]
    [InlineData("GWPROD0001test01;12010126;9O98z;2147483647", HmacMethod.HmacSha256,
        "3ac832b52385db72cf38d3ebb9c2ba0347cae1f8e39161d4ad76af87e10146db;hmacsha256")]
    public void A_password_is_the_hex_digest_keyed_with_the_decoded_secret(string userName, HmacMethod method, string password) =>
        Assert.Equal(password, ConnectCredentials.PasswordFor(userName, GatewaySecret, method));

    [Fact]
    public void A_connect_is_signed_over_its_own_user_name()
    {
        var credentials = ConnectCredentials.Sign(new DeviceIdentity("GWPROD0001", "test01"), GatewaySecret, "AbC12", 1700003600);
        Assert.Equal("GWPROD0001test01;12010126;AbC12;1700003600", credentials.UserName);
        Assert.Equal("2176a7a363fae968ad9360177362b23c8d7dab38f4ceb2fa3209358d23d6cb8a;hmacsha256", credentials.Password);
        Assert.DoesNotContain("2176a7a3", credentials.ToString(), StringComparison.Ordinal);
    }

    // The last three were produced by the official C, Java and Python SDKs.
    [Theory]
    [InlineData(121213, 1589786839, HmacMethod.HmacSha1, "qvAGtM/1FbGDFX3sGP6+py+lxh8=")]
    [InlineData(121213, 1589786839, HmacMethod.HmacSha256, "DCExujesQ0a2N5VmO7E4dtEAf6+3yb60lAJ6ps2Q9UY=")]
    [InlineData(803194748, 1795378792, HmacMethod.HmacSha1, "eKi86Uag4Cx8bHBaCVUZXMZ4Jl0=")]
    [InlineData(684446, 1795379495, HmacMethod.HmacSha256, "JdcCWbX7aBjc1cCKpx5uQ32YmLQV20II+xl0tqOPlH0=")]
    [InlineData(864383747, 1795378619, HmacMethod.HmacSha1, "Qegcmj7FzyYevRT0f07WuIqzyIM=")]
    public void A_bind_signature_is_the_base64_digest_keyed_with_the_text_of_the_secret(
        int random, long timestamp, HmacMethod method, string signature) =>
        Assert.Equal(signature, BindSignature.Compute(Meter, MeterSecret, random, timestamp, method));

    [Theory]
    [InlineData(CertificateDigest.Md5, "v9WtKuMKkHjlLcJL1X7XA5ENs7g=")]
    [InlineData(CertificateDigest.Sha1, "XCmefZkhK+dBPiLZ/fyVhm5PBaI=")]
    public void A_certificate_signs_with_the_hex_digest_of_its_file(CertificateDigest digest, string signature)
    {
        var certificate = new BindCertificate("-----BEGIN CERTIFICATE-----\nTEST\n-----END CERTIFICATE-----\n"u8, digest);
        Assert.Equal(signature, BindSignature.Compute(Meter, certificate, 121213, 1589786839, HmacMethod.HmacSha1));
        string request = Encoding.UTF8.GetString(
            GatewayRequest.Bind(Meter, BindProof.Of(certificate), 121213, 1589786839, HmacMethod.HmacSha1));
        Assert.Contains($"\"signature\":\"{signature}\"", request, StringComparison.Ordinal);
        Assert.EndsWith(""","signmethod":"hmacsha1","authtype":"certificate"}]}}""", request, StringComparison.Ordinal);
        Assert.Equal("***", certificate.ToString());
    }

    // What a decoded key would give: a mistake that is easily made.
    [Theory]
    [InlineData(HmacMethod.HmacSha1, "oL97ZEC3+REmy3q7r+QbP9xGdDE=")]
    [InlineData(HmacMethod.HmacSha256, "HhowI/o4laqO0bIyOrXXHcHxBOVBv1pgbpBC3Nfl80I=")]
    public void A_bind_signature_does_not_decode_the_secret(HmacMethod method, string wrong)
    {
        Assert.Equal(wrong, Convert.ToBase64String(
            method.Digest(MeterSecret.KeyBytes(), Encoding.UTF8.GetBytes("SUBPROD001test1;121213;1589786839"))));
        Assert.NotEqual(wrong, BindSignature.Compute(Meter, MeterSecret, 121213, 1589786839, method), StringComparer.Ordinal);
    }

    [Fact]
    public void A_bind_request_has_the_documented_form() => Assert.Equal(
        """{"type":"bind","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","signature":"qvAGtM/1FbGDFX3sGP6+py+lxh8=","random":121213,"timestamp":1589786839,"signmethod":"hmacsha1","authtype":"psk"}]}}""",
        Encoding.UTF8.GetString(GatewayRequest.Bind(Meter, BindProof.Of(MeterSecret), 121213, 1589786839, HmacMethod.HmacSha1)));

    // Lengths of the compact form as the official C SDK sends it.
    [Theory]
    [InlineData(GatewayOperationKind.Online, 91)]
    [InlineData(GatewayOperationKind.Offline, 92)]
    [InlineData(GatewayOperationKind.Unbind, 91)]
    public void A_request_has_the_length_of_the_official_one(GatewayOperationKind kind, int length) =>
        Assert.Equal(length, GatewayRequest.ForDevices(kind, [Meter]).Length);

    [Fact]
    public void A_list_request_has_the_length_of_the_official_one() => Assert.Equal(31, GatewayRequest.Describe().Length);
}
