namespace BridgeFramework.Benchmarks;

/// <summary>What a gateway does to its disk: a record of each of 100 sub-devices every second, and its
/// acknowledgement as the hub answers.</summary>
internal abstract class FlashLoad(string store, FlashLink link, LoopDisk disk) : IAsyncDisposable
{
    /// <summary>How many sub-devices report.</summary>
    public const int Devices = 100;

    // One sub-device after another, as they are polled.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / Devices;
    private readonly MeterValues[] _meters = [.. Enumerable.Range(0, Devices).Select(device => new MeterValues(device))];
    private readonly PriorityQueue<Action, TimeSpan> _underWay = new();
    private readonly Random _random = new(1);
    private bool _isClosed;

    /// <summary>What it is, for the report.</summary>
    public string Name { get; } = $"{store}, hub {link.Name}";

    /// <summary>How many records were added.</summary>
    public long Records { get; private set; }

    /// <summary>How many bytes they had.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>How many bytes came to the device for each byte of a record.</summary>
    public double Ratio => (double)disk.BytesWritten / PayloadBytes;

    /// <summary>How many bytes came to the device.</summary>
    public long DeviceBytes => disk.BytesWritten;

    /// <summary>Goes on until it is told to stop.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken stopping)
    {
        long started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Step, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                var now = time.GetElapsedTime(started);
                while (Records * Step < now) Append(now);
                Send(settle =>
                {
                    if (link.AcknowledgedAt(now, _random) is { } due) _underWay.Enqueue(settle, due);
                });
                while (_underWay.TryPeek(out var settle, out var due) && due <= now)
                {
                    _underWay.Dequeue();
                    settle();
                }

                Commit(now);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    /// <summary>Closes the store and brings everything to the device.</summary>
    public async Task CloseAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        await CloseStoreAsync();
        await disk.UnmountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore();
        GC.SuppressFinalize(this);
    }

    protected virtual async ValueTask DisposeAsyncCore() => await CloseAsync();

    /// <summary>Adds a record.</summary>
    protected abstract void Append(int device, ReadOnlyMemory<byte> record);

    /// <summary>Hands over, for each record or batch that can be sent, what is to be done when it is acknowledged.</summary>
    protected abstract void Send(Action<Action> send);

    /// <summary>Looks whether something is to be made safe.</summary>
    protected abstract void Commit(TimeSpan now);

    protected abstract ValueTask CloseStoreAsync();

    private void Append(TimeSpan now)
    {
        int device = (int)(Records % Devices);
        var record = _meters[device].NextRecord((long)now.TotalMilliseconds);
        Append(device, record);
        Records++;
        PayloadBytes += record.Length;
    }
}
