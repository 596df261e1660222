namespace BridgeFramework.Benchmarks;

/// <summary>Publishes messages with at most <see cref="Window"/> unconfirmed, issued in order by one loop.</summary>
internal abstract class WindowedContender : Contender
{
    /// <summary>Messages that may be unconfirmed at once.</summary>
    public const int Window = 16;

    /// <summary>Bytes of a payload: one sub-device's values as JSON.</summary>
    public const int PayloadLength = 200;

    /// <summary>The topic of the messages.</summary>
    public const string Topic = "SUBPROD001/test1/data";

    public override async Task<long> RunAsync(Round round)
    {
        var unconfirmed = new Queue<Task>(Window);
        long count = 0;
        while (!round.IsOver)
        {
            if (unconfirmed.Count == Window)
            {
                await unconfirmed.Dequeue();
                count++;
            }

            unconfirmed.Enqueue(PublishAsync());
        }

        for (; unconfirmed.TryDequeue(out var last); count++) await last;
        return count;
    }

    /// <summary>Publishes one message at QoS 1; completes when it is confirmed.</summary>
    protected abstract Task PublishAsync();
}
