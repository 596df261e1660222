namespace BridgeFramework.Runtime;

/// <summary>Where the image of one device's update comes from: the address in its record, which the hub
/// renews when it has expired.</summary>
internal sealed class UpdateImageSource(DurableUpdate update, UpdateHub hub, TimeProvider time) : IImageSource
{
    private static readonly TimeSpan RenewalPatience = TimeSpan.FromSeconds(60);

    private long _bytes;
    private int _percent = -1;
    private volatile bool _awaitsAddress;

    public Uri Url => update.Current.Task.Url;

    /// <summary>Whether the hub was asked for another address and has not given it.</summary>
    public bool AwaitsAddress => _awaitsAddress;

    /// <summary>Bytes that have come.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>From now on the hub is told how much has come, even if it has heard the same before.</summary>
    public void Begin() => Interlocked.Exchange(ref _percent, -1);

    public void Advance(long bytes)
    {
        Volatile.Write(ref _bytes, bytes);
        if (update.Record is not { Phase: UpdatePhase.Downloading } record) return;
        int percent = (int)(bytes * 100 / record.Task.Size);
        if (Interlocked.Exchange(ref _percent, percent) != percent) hub.News.Downloading(update.Id, record.Task.Version, percent);
    }

    /// <summary>The hub gives the task again, with another address, when the version is announced again.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        var changed = update.AddressChanged;
        await hub.UntilOnline(cancellationToken);
        _awaitsAddress = true;
        try
        {
            hub.AnnounceVersionAgain(update.Id);
            await changed.WaitAsync(RenewalPatience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _awaitsAddress = false;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
