using System.Threading.Channels;

namespace Example.Links;

/// <summary>Hears what a <see cref="DatagramPeer"/> says until it is disposed. Of what nobody takes the latest 64 are kept.</summary>
public sealed class PeerListener : IDisposable
{
    private const int MaxKept = 64;
    private readonly Channel<string[]> _said = Channel.CreateBounded<string[]>(new BoundedChannelOptions(MaxKept) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TimeProvider _time;
    private readonly Action<PeerListener> _forget;

    internal PeerListener(TimeProvider time, Action<PeerListener> forget) => (_time, _forget) = (time, forget);

    /// <summary>Waits for what the device says next.</summary>
    /// <param name="atMost">For how long; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it said, as words with its name first, or <see langword="null"/> when it was silent for so long.</returns>
    /// <exception cref="OperationCanceledException">Gave up.</exception>
    public async Task<string[]?> NextAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(atMost, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await _said.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Ends listening.</summary>
    public void Dispose() => _forget(this);

    internal void Hear(string[] words) => _said.Writer.TryWrite(words);
}
