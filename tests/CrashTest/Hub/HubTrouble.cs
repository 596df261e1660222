using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>Lets the hub come and go at random.</summary>
internal sealed class HubTrouble(HubConsole hub, Random random, TimeSpan pause, TimeProvider time, Action<string> tell)
{
    private DateTimeOffset _frozenUntil;
    private volatile bool _ceased;

    /// <summary>What was done, in order.</summary>
    public List<(DateTimeOffset At, string What)> History { get; } = [];

    /// <summary>Whether the hub neither reads nor writes now.</summary>
    public bool IsFrozen => time.GetUtcNow() < _frozenUntil;

    /// <summary>No more trouble from here on.</summary>
    public void Cease() => _ceased = true;

    /// <summary>Runs until <see cref="Cease"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(pause * (0.5 + random.NextDouble()), time, stopping);
            if (_ceased) return;
            string? what = await StrikeAsync(stopping);
            if (what is null) continue;
            lock (History) History.Add((time.GetUtcNow(), what));
            tell($"the hub {what}");
        }
    }

    private async Task<string?> StrikeAsync(CancellationToken stopping)
    {
        switch (random.Next(10))
        {
            case < 2:
                return null;
            case < 5:
                await hub.DisconnectAsync(stopping);
                return "closes the connection";
            case < 8:
                var duration = TimeSpan.FromSeconds(1 + (2 * random.NextDouble()));
                _frozenUntil = time.GetUtcNow() + duration;
                await hub.FreezeAsync(duration, stopping);
                return string.Create(CultureInfo.InvariantCulture, $"freezes for {duration.TotalSeconds:F1} s");
            default:
                int times = random.Next(1, 3);
                await hub.RefuseConnectsAsync(times, stopping);
                await hub.DisconnectAsync(stopping);
                return string.Create(CultureInfo.InvariantCulture, $"closes the connection and refuses the next {times}");
        }
    }
}
