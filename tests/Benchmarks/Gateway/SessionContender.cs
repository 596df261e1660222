using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Benchmarks;

/// <summary>The cloud side of the gateway: queue, priorities, deadlines and liveness around the same MQTTnet.</summary>
internal sealed class SessionContender : WindowedContender
{
    private static readonly HubPublish Message = new() { Topic = Topic, Payload = new byte[PayloadLength] };

    private readonly CancellationTokenSource _stopping = new();
    private readonly HubSession _session;
    private readonly Task _running;

    private SessionContender(int port)
    {
        _session = new HubSession(OptionsOf(port), TimeProvider.System, NullLogger<HubSession>.Instance);
        _running = _session.RunAsync(_stopping.Token);
    }

    public override string Name => "HubSession.PublishAsync, same window and payload";

    public static HubSessionOptions OptionsOf(int port) => new()
    {
        Gateway = new DeviceIdentity("GWPROD0001", "test01"),
        Credentials = _ =>
            ValueTask.FromResult<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret("AAECAwQFBgcICQoLDA0ODw==") }),
        Endpoint = new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false },
        Window = Window,
    };

    public static async Task<SessionContender> ConnectAsync(int port)
    {
        var contender = new SessionContender(port);
        await foreach (var status in contender._session.WatchAsync(CancellationToken.None))
            if (status.IsOnline) break;
        return contender;
    }

    protected override Task PublishAsync() => _session.PublishAsync(Message, CancellationToken.None);

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _session.DisposeAsync();
        _stopping.Dispose();
    }
}
