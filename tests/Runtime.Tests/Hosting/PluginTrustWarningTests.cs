using BridgeFramework.Configuration;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Which plugins may run is somebody's decision, or said at every start not to be.</summary>
public sealed class PluginTrustWarningTests : IDisposable
{
    private const int TrustUnset = 4408;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-trust-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("192.0.2.1", "", true)]
    [InlineData("192.0.2.1", """ "trust": "any" """, false)]
    [InlineData("192.0.2.1", """ "trust": "allow-list" """, false)]
    [InlineData("127.0.0.1", "", false)]
    public async Task A_start_warns_where_nobody_has_said_which_plugins_may_run(string hub, string plugins, bool warns)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "bridge.json"), $$"""{ "hub": { "host": "{{hub}}" }, "plugins": { {{plugins}} } }""",
            TestContext.Current.CancellationToken);
        using var log = new LogWatch();
        using var loggers = new LoggerFactory([log]);
        await using var host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () => ConfigurationLoader.Load(_folder.FullName),
                Companion = (_, _) => throw new IOException("Far enough."),
            },
            loggers);

        await Assert.ThrowsAsync<IOException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(warns, log.Lines.Any(line => line.EventId == TrustUnset && line.Level == LogLevel.Warning));
    }
}
