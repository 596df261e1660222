using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A running session on scripted connections and a test clock.</summary>
internal sealed class SessionBench : IAsyncDisposable
{
    public static readonly DeviceIdentity Gateway = new("GWPROD0001", "test01");
    public const string SecretText = "AAECAwQFBgcICQoLDA0ODw==";
    private readonly CancellationTokenSource _stop = new();
    private Task? _running;

    public SessionBench(Func<HubSessionOptions, HubSessionOptions>? change = null, double jitter = 1)
    {
        var options = new HubSessionOptions
        {
            Gateway = Gateway,
            Credentials = _ => new ValueTask<HubCredentials>(new KeyCredentials { Secret = Secret }),
            Endpoint = new HubEndpoint { Host = "hub.example", Port = 1883, Tls = false },
            SynchronizeTime = false,
        };
        Options = change?.Invoke(options) ?? options;
        Session = new HubSession(Options, Transport, () => jitter, Time, Logger);
    }

    public HubSessionOptions Options { get; private set; }

    public DeviceSecret Secret { get; set; } = new(SecretText);

    public TestTime Time { get; } = new();

    public ScriptedTransport Transport { get; } = new();

    public FakeLogger<HubSession> Logger { get; } = new();

    public HubSession Session { get; }

    public void Start() => _running = Session.RunAsync(_stop.Token);

    /// <summary>Has the session go by options that differ so.</summary>
    public async Task ApplyAsync(Func<HubSessionOptions, HubSessionOptions> change)
    {
        Options = change(Options);
        await Session.ApplyAsync(Options).OrFail("other options");
    }

    public async Task<ScriptedLink> OnlineAsync(Action<ScriptedLink>? prepare = null)
    {
        if (_running is null) Start();
        var link = (await Transport.AttemptAsync()).Accept(prepare);
        await StateAsync(HubSessionState.Online);
        return link;
    }

    public async Task<HubSessionStatus> StateAsync(HubSessionState state)
    {
        return await WaitAsync().OrFail($"state {state} (is {Session.Status})");

        async Task<HubSessionStatus> WaitAsync()
        {
            await foreach (var status in Session.WatchAsync(TestContext.Current.CancellationToken))
            {
                if (status.State == state) return status;
            }

            throw new InvalidOperationException("The watch ended.");
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null) await _running.OrFail("the end of the session");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Session.DisposeAsync();
        _stop.Dispose();
    }
}
