namespace BridgeFramework.IotHubEmulator;

/// <summary>The body of an answer, counted as it goes out.</summary>
internal sealed class CountedBody(Stream inner, DownloadCounters counters) : AnswerBody(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Inner.WriteAsync(buffer, cancellationToken);
        counters.Sent(buffer.Length);
    }
}

/// <summary>How often images were asked for, and how much went out. Safe from any thread.</summary>
internal sealed class DownloadCounters
{
    private long _requests;
    private long _bytes;

    public long Requests => Interlocked.Read(ref _requests);

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Asked() => Interlocked.Increment(ref _requests);

    public void Sent(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
