using System.Text;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.CrashTest;

/// <summary>Reads what the hub got while it comes: the counts, and when the first value of each life arrived.</summary>
internal sealed class HubFollower(HubConsole hub, CountBook book, Lives lives, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<long, string> _texts = [];
    private long _last;

    /// <summary>Messages that the hub had forgotten before they were read here; the counts are worth nothing then.</summary>
    public long Overlooked { get; private set; }

    /// <summary>Messages read.</summary>
    public long Messages => _last - Overlooked;

    /// <summary>What a message said; empty where that is not known.</summary>
    public string TextOf(long message) => _texts.GetValueOrDefault(message, "");

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await TurnAsync(stopping);
            await Task.Delay(Pause, time, stopping);
        }
    }

    /// <summary>Reads all that is there.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var message in await hub.MessagesAsync(_last, cancellationToken))
            {
                Overlooked += message.Sequence - _last - 1;
                _last = message.Sequence;
                if (message.Text is not { } text) continue;
                _texts[message.Sequence] = text;
                if (UplinkReader.TryRead(Encoding.UTF8.GetBytes(text), out _) is { } read) Take(message, read);
            }

            if (lives.All is [.., { Ended: null } life] && !life.WasConnected) life.WasConnected = await hub.IsGatewayConnectedAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void Take(MessageView message, UplinkMessage read)
    {
        book.Add($"{message.ProductId}/{message.DeviceName}", read);
        foreach (var sample in read.Samples)
        {
            if (!string.Equals(sample.Point, SceneFolder.CountPoint, StringComparison.Ordinal)) continue;
            var taken = DateTimeOffset.FromUnixTimeMilliseconds(sample.Time);
            var life = lives.All.LastOrDefault(one => one.Covers(taken));
            if (life is not null) life.ToFirstValue ??= message.Time - life.Started;
        }
    }
}
