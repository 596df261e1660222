using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Interop;

/// <summary>A hub session with its gateway operations as the gateway has them, in a hurry: short waits, short keep-alive.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    public const string GatewayName = "GWPROD0001/test01";
    public const string GatewaySecret = "AAECAwQFBgcICQoLDA0ODw==";

    // A guard: how long a state may be waited for before the test says that it did not come.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private HubUnderTest(HubSession session, GatewayOperations operations)
    {
        (Session, Operations) = (session, operations);
        _running = session.RunAsync(_stopping.Token);
    }

    public HubSession Session { get; }

    public GatewayOperations Operations { get; }

    /// <summary>Starts a session without waiting for it.</summary>
    public static HubUnderTest Start(int port, GatewayOperationsOptions? operations = null) =>
        Start(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false }, operations);

    /// <inheritdoc cref="Start(int, GatewayOperationsOptions)"/>
    public static HubUnderTest Start(HubEndpoint endpoint, GatewayOperationsOptions? operations = null)
    {
        Assert.True(DeviceIdentity.TryParse(GatewayName, out var gateway, out string? problem), problem);
        var options = new HubSessionOptions
        {
            Gateway = gateway,
            Credentials = _ => ValueTask.FromResult<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret(GatewaySecret) }),
            Endpoint = endpoint,
            KeepAlive = TimeSpan.FromSeconds(4),
            AllowShortKeepAlive = true,
            AnswerTime = TimeSpan.FromSeconds(1),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ReconnectDelays = new ReconnectDelays
            {
                First = TimeSpan.FromMilliseconds(50),
                Cap = TimeSpan.FromMilliseconds(500),
                RefusalFloor = TimeSpan.FromMilliseconds(50),
            },
        };
        var session = new HubSession(options, TimeProvider.System, new FakeLogger<HubSession>());
        return new HubUnderTest(
            session, new GatewayOperations(
                session, TimeProvider.System, new FakeLogger<GatewayOperations>(), operations ?? new GatewayOperationsOptions()));
    }

    /// <summary>Waits until the session's status is as wanted.</summary>
    public async Task<HubSessionStatus> BecomesAsync(Predicate<HubSessionStatus> wanted, string description)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(Patience);
        try
        {
            await foreach (var status in Session.WatchAsync(guard.Token))
                if (wanted(status)) return status;
        }
        catch (OperationCanceledException late) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The session did not become {description} within {Patience.TotalSeconds} s; it is {Session.Status}.", late);
        }

        throw new InvalidOperationException($"The session's status ended before it became {description}.");
    }

    public Task<HubSessionStatus> OnlineAsync() => BecomesAsync(status => status.IsOnline, "online");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await Operations.DisposeAsync();
        await Session.DisposeAsync();
        _stopping.Dispose();
    }
}
