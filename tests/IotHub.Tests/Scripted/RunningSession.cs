using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A session on the real transport and a real clock, possibly one that is wrong.</summary>
internal sealed class RunningSession : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public RunningSession(HubEndpoint endpoint, Func<HubSessionOptions, HubSessionOptions>? change = null, TimeProvider? time = null)
    {
        var options = new HubSessionOptions
        {
            Gateway = SessionBench.Gateway,
            Credentials = _ => new ValueTask<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret(SessionBench.SecretText) }),
            Endpoint = endpoint,
            ReconnectDelays = new ReconnectDelays { First = TimeSpan.FromMinutes(1) },
        };
        Session = new HubSession(change?.Invoke(options) ?? options, time ?? TimeProvider.System, new FakeLogger<HubSession>());
    }

    public HubSession Session { get; }

    public static async Task<HubFault> FaultAsync(
        HubEndpoint endpoint, Func<HubSessionOptions, HubSessionOptions>? change = null, TimeProvider? time = null)
    {
        await using var running = new RunningSession(endpoint, change, time);
        running.Start();
        await running.StateAsync(HubSessionState.BackingOff);
        return running.Session.Status.LastFault ?? throw new InvalidOperationException("backing off without a fault");
    }

    public void Start() => _loop = Session.RunAsync(_stop.Token);

    public async Task StateAsync(HubSessionState state)
    {
        await WaitAsync().OrFail($"state {state}: {Session.Status}");

        async Task WaitAsync()
        {
            await foreach (var status in Session.WatchAsync(TestContext.Current.CancellationToken))
            {
                if (status.State == state) return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.OrFail("the end of the session");
        await Session.DisposeAsync();
        _stop.Dispose();
    }
}

/// <summary>Runs with the real clock, and tells another time.</summary>
internal sealed class WrongClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _startedAt = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_startedAt);
}
