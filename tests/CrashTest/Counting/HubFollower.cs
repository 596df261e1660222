using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>Reads what the hub got while it comes: the counts, and when the first value of each life arrived.</summary>
internal sealed class HubFollower : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly HubConsole _hub;
    private readonly CountBook _book;
    private readonly Lives _lives;
    private readonly TimeProvider _time;
    private readonly UplinkFollower _uplink;

    public HubFollower(HubConsole hub, CountBook book, Lives lives, TimeProvider time)
    {
        (_hub, _book, _lives, _time) = (hub, book, lives, time);
        _uplink = new UplinkFollower(hub, Take);
    }

    /// <inheritdoc cref="UplinkFollower.Overlooked"/>
    public long Overlooked => _uplink.Overlooked;

    /// <inheritdoc cref="UplinkFollower.TextOf"/>
    public string TextOf(long message) => _uplink.TextOf(message);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await TurnAsync(stopping);
            await Task.Delay(Pause, _time, stopping);
        }
    }

    /// <summary>Reads all that is there.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _uplink.TurnAsync(cancellationToken);
        if (_lives.All is [.., { Ended: null } life] && !life.WasConnected)
            life.WasConnected = await _hub.IsGatewayConnectedAsync(cancellationToken);
    }

    public void Dispose() => _uplink.Dispose();

    private void Take(MessageView message, UplinkMessage read)
    {
        _book.Add($"{message.ProductId}/{message.DeviceName}", read);
        foreach (var sample in read.Samples)
        {
            if (!string.Equals(sample.Point, SceneFolder.CountPoint, StringComparison.Ordinal)) continue;
            var taken = DateTimeOffset.FromUnixTimeMilliseconds(sample.Time);
            var life = _lives.All.LastOrDefault(one => one.Covers(taken));
            if (life is not null) life.ToFirstValue ??= message.Time - life.Started;
        }
    }
}
