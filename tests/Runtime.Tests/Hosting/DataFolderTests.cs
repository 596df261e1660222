using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_data_folder_that_somebody_has_made_after_the_look_at_the_configuration_is_looked_at_again()
    {
        if (!OperatingSystem.IsLinux()) return;
        string data = Path.Combine(_folder.FullName, "data");
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "bridge.json"), "{}", TestContext.Current.CancellationToken);
        await using var host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () =>
                {
                    var loaded = ConfigurationLoader.Load(_folder.FullName);
                    Directory.CreateDirectory(Path.Combine(data, "plugins"));
                    if (OperatingSystem.IsLinux()) File.SetUnixFileMode(data, (UnixFileMode)0x1FF); // 0777
                    return loaded;
                },
            },
            NullLoggerFactory.Instance);

        var refusal = await Assert.ThrowsAsync<IOException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("the data folder is not the gateway's alone: everybody can write to", refusal.Message, StringComparison.Ordinal);
    }
}
