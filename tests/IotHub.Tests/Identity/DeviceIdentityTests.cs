
namespace BridgeFramework.IotHub.Tests;

public sealed class DeviceIdentityTests
{
    [Theory]
    [InlineData("GWPROD0001/test01")]
    [InlineData("a/b")]
    [InlineData("P/with:colon_under-dash")]
    public void A_device_is_written_as_it_is_read(string text)
    {
        Assert.True(DeviceIdentity.TryParse(text, out var identity, out _));
        Assert.Equal(text, identity.ToString());
        Assert.Equal(text.Replace("/", "", StringComparison.Ordinal), identity.ClientId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("/name")]
    [InlineData("product/")]
    [InlineData("pro duct/name")]
    [InlineData("product/na/me")]
    [InlineData("product/na+me")]
    [InlineData("product/#")]
    [InlineData("product/näme")]
    [InlineData("prod;uct/name")]
    [InlineData("P/1234567890123456789012345678901234567890123456789")]
    [InlineData("123456789012345678901234567890123/n")]
    public void What_a_topic_cannot_carry_is_refused_with_a_reason(string? text)
    {
        Assert.False(DeviceIdentity.TryParse(text, out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_secret_never_prints()
    {
        var secret = new DeviceSecret("EBESExQVFhcYGRobHB0eHw==");
        Assert.Equal("***", secret.ToString());
        Assert.DoesNotContain("EBES", new KeyCredentials { Secret = secret }.ToString(), StringComparison.Ordinal);
        var refusal = Assert.Throws<ArgumentException>(() => new DeviceSecret("hush hush!"));
        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_equal_by_value()
    {
        Assert.Equal(new DeviceSecret("EBESExQVFhcYGRobHB0eHw=="), new DeviceSecret("EBESExQVFhcYGRobHB0eHw=="));
        Assert.NotEqual(new DeviceSecret("EBESExQVFhcYGRobHB0eHw=="), new DeviceSecret("AAECAwQFBgcICQoLDA0ODw=="));
    }
}
