namespace BridgeFramework.IotHubEmulator;

/// <summary>The body of an answer, counted as it goes out.</summary>
internal sealed class CountedBody(Stream inner, Action<int> sent) : AnswerBody(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Inner.WriteAsync(buffer, cancellationToken);
        sent(buffer.Length);
    }
}
