using System.Reflection;

namespace BridgeFramework.Interop;

/// <summary>The program as an operator runs it: <c>bridge run</c> on a folder of its own.</summary>
internal sealed class BridgeProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly PeerProcess _process;

    private BridgeProcess(DirectoryInfo folder, PeerProcess process) => (_folder, _process) = (folder, process);

    public string LastWords => _process.LastWords;

    public static async Task<BridgeProcess> StartAsync(int hubPort, int modbusPort)
    {
        var folder = Directory.CreateTempSubdirectory("bridge-interop-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "device_info.json"), DeviceInfo);
        string configuration = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Gateway", "bridge.json"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bridge.json"), configuration);
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "bridge.dll"), "run", "--config", folder.FullName,
            "--set", $"hub.port={hubPort}", "--set", $"channels.line1.settings.port={modbusPort}", "--set",
                $"plugins.folder={PluginFolder}",
        ];
        return new BridgeProcess(folder, PeerProcess.Start("dotnet", arguments));
    }

    /// <summary>Asks it to end and gives its exit code.</summary>
    public Task<int> StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string DeviceInfo => $$"""
        { "auth_mode": "KEY", "productId": "GWPROD0001", "productSecret": "", "deviceName": "test01",
          "key_deviceinfo": { "deviceSecret": "{{HubUnderTest.GatewaySecret}}" }, "region": "china" }
        """;

    private static string PluginFolder => typeof(BridgeProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "PluginFolder", StringComparison.Ordinal)).Value!; // written by the project file
}
