namespace BridgeFramework.Outbox;

/// <summary>The options that an outbox goes by; others may come. Set under the outbox's lock, read by any thread.</summary>
internal sealed class BoundsInForce(OutboxOptions first)
{
    private OutboxOptions _options = first;

    public OutboxOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }
}
