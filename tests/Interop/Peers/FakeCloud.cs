namespace BridgeFramework.Interop;

/// <summary>The cloud's side of gateway operations, written in another language by the documentation: fake_cloud.py.</summary>
internal sealed class FakeCloud : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private FakeCloud(PeerProcess process) => _process = process;

    /// <summary>Starts it on a broker; it listens when this returns.</summary>
    /// <param name="port">The broker's port on loopback.</param>
    /// <param name="gateway">productId/deviceName of the gateway it serves.</param>
    /// <param name="devices">Sub-devices it knows, productId/deviceName and secret. None is bound.</param>
    public static async Task<FakeCloud> StartAsync(int port, string gateway, IReadOnlyDictionary<string, string> devices)
    {
        await Peer.FindModuleAsync("paho.mqtt.client", "python3-paho-mqtt");
        var process = PeerProcess.Start(
            Peer.Python, [Peer.Script("fake_cloud.py"), $"{port}", gateway, .. devices.Select(pair => $"{pair.Key}={pair.Value}")]);
        var cloud = new FakeCloud(process);
        await cloud.ReadyAsync();
        return cloud;
    }

    /// <summary>Waits until it is subscribed, the first time or once more.</summary>
    public Task ReadyAsync() => SaysAsync("ready");

    /// <summary>Gives it a command of its script and waits until it is carried out.</summary>
    public async Task TellAsync(string command)
    {
        await _process.TellAsync(command);
        await SaysAsync($"did {command}");
    }

    /// <summary>Waits for a line; those before it are passed over.</summary>
    public Task SaysAsync(string line) => _process.SaysAsync(said => string.Equals(said, line, StringComparison.Ordinal), $"'{line}'");

    /// <summary>Waits for a message on a topic; those before it are passed over.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="wanted">Whether it is the one.</param>
    /// <param name="description">What is waited for, for the failure.</param>
    /// <returns>Its payload.</returns>
    public async Task<string> SeesAsync(string topic, Predicate<string> wanted, string description)
    {
        string prefix = $"seen {topic} ";
        string line = await _process.SaysAsync(
            said => said.StartsWith(prefix, StringComparison.Ordinal) && wanted(said[prefix.Length..]), description);
        return line[prefix.Length..];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
