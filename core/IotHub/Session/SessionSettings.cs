namespace BridgeFramework.IotHub;

/// <summary>The options that a session goes by; others may come while it runs.</summary>
/// <param name="first">The options that it is made with.</param>
#pragma warning disable CA1001, IDISP006 // the sources hold no handle and no timer, and the loop may still link to one that is over
internal sealed class SessionSettings(HubSessionOptions first)
#pragma warning restore CA1001, IDISP006
{
    private readonly Lock _gate = new();
    private HubSessionOptions _newest = first;
    private CancellationTokenSource _outdated = new(); // the end of what is made with the newest options
    private HubConnection? _connection;

    /// <summary>The options that came last.</summary>
    public HubSessionOptions Newest => Volatile.Read(ref _newest);

    /// <summary>What the present attempt goes by. Of the session's loop.</summary>
    public HubSessionOptions InUse { get; private set; } = first;

    /// <summary>Cancelled when options have come that need another connection than the present attempt makes. Of the loop.</summary>
    public CancellationToken Outdated { get; private set; }

    /// <summary>Has the next attempt go by the newest options. By the session's loop.</summary>
    /// <returns>Whether options have come, since the last attempt began, that needed another connection.</returns>
    public bool Renew()
    {
        lock (_gate)
        {
            bool isOutdated = Outdated != _outdated.Token;
            (InUse, Outdated) = (_newest, _outdated.Token);
            return isOutdated;
        }
    }

    /// <summary>A connection stands: its limits are the newest, now and later. By the session's loop.</summary>
    public void Limit(HubConnection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            connection.Apply(_newest.EffectivePace, _newest.Window);
        }
    }

    /// <summary>Takes others. The limits of the present connection change at once; whatever else it depends on ends it.</summary>
    public async Task ApplyAsync(HubSessionOptions next)
    {
        CancellationTokenSource outdated;
        lock (_gate)
        {
            bool isServed = _newest.HasSameConnection(next);
            _newest = next;
            if (isServed)
            {
                _connection?.Apply(next.EffectivePace, next.Window);
                return;
            }

            (outdated, _outdated) = (_outdated, new CancellationTokenSource());
        }

        await outdated.CancelAsync().ConfigureAwait(false); // what ends because of it does so elsewhere
    }
}
