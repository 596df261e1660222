using System.Text;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Processes;

/// <summary>Reads what the hub got while it comes.</summary>
/// <param name="hub">The hub.</param>
/// <param name="take">Told of each message with numbered samples, one after another.</param>
public sealed class UplinkFollower(HubConsole hub, Action<MessageView, UplinkMessage> take) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<long, string> _texts = [];
    private long _last;

    /// <summary>Messages that the hub had forgotten before they were read here; the counts are worth nothing then.</summary>
    public long Overlooked { get; private set; }

    /// <summary>What a message said; empty where that is not known.</summary>
    public string TextOf(long message) => _texts.GetValueOrDefault(message, "");

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
                if (UplinkReader.TryRead(Encoding.UTF8.GetBytes(text), out _) is { } read) take(message, read);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
