namespace BridgeFramework.Configuration.Tests;

public sealed class TrustTests : IDisposable
{
    private static readonly string Digest = new('a', 64);

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{ "plugins": { "trust": "any" } }""", true)]
    [InlineData("""{ "plugins": { "trust": "allow-list" } }""", false)]
    [InlineData("""{ "plugins": { "trust": "allow-list", "allow": [ "{DIGEST}" ] } }""", true)]
    [InlineData("""{ "plugins": { "trust": "allow-list", "allow": [ "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" ] } }""", false)]
    // With mistakes nothing runs, and what is loaded to look for more of them is no more than was meant.
    [InlineData("""{ "plugins": { "trust": "alow-list" } }""", false)]
    [InlineData("""{ "plugins": { "trust": true } }""", false)]
    [InlineData("""{ "plugins": { "trust": "allow-list", "allow": "{DIGEST}" } }""", false)]
    [InlineData("""{ "plugins": { "trust": "allow-list", "allow": [ 1, "{DIGEST}" ] }, "nonsense": 1 }""", true)]
    public void What_the_section_says_is_trusted(string json, bool allowed)
    {
        var result = _folder.Load(json.Replace("{DIGEST}", Digest, StringComparison.Ordinal));

        Assert.Equal(allowed, result.PluginTrust.Allows(Digest));
        if (result.Plan is { } configuration) Assert.Equal(allowed, configuration.Plugins.Trust.Allows(Digest));
    }

    [Theory]
    [InlineData(
        """{ "plugins": { "trust": "allow-list" } }""",
        "bridge.json:1:25: warning: plugins.trust: no plugin may run, as 'allow' is empty: put the digest of each plugin you trust into "
            + "it; the gateway says the digest of a plugin that it refuses.")]
    [InlineData(
        """{ "plugins": { "allow": [ "{DIGEST}" ] } }""",
        "bridge.json:1:25: warning: plugins.allow: this list is not looked at, as every plugin is trusted: set 'trust' to \"allow-list\".")]
    public void What_does_not_go_together_is_a_warning(string json, string warning)
    {
        var result = _folder.Load(json.Replace("{DIGEST}", Digest, StringComparison.Ordinal));

        Assert.Equal(warning, Assert.Single(result.Mistakes).ToString());
        Assert.True(result.IsValid);
    }
}
