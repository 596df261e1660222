namespace BridgeFramework.IotHubEmulator;

/// <summary>The faults still to strike, and whether the hub is frozen. Safe from any thread.</summary>
internal sealed class FaultPlan(TimeProvider time, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly StrikeList<HubFault> _faults = new();
    private Task _thawed = Task.CompletedTask;

    /// <summary>The faults left, each with the times it still strikes.</summary>
    public IReadOnlyList<HubFault> Pending => _faults.Pending;

    /// <exception cref="ArgumentException">A value is out of range, or there are too many faults.</exception>
    public void Add(HubFault fault)
    {
        if (fault.Delay < TimeSpan.Zero) throw new ArgumentException($"A delay is not negative, as {fault.Delay} is.", nameof(fault));
        _faults.Add(fault);
    }

    public void Clear() => _faults.Clear();

    /// <summary>Takes one strike at a CONNECT.</summary>
    public bool TakeRefusal(HubDeviceId gateway) =>
        _faults.Take(fault => fault.Kind is HubFaultKind.RefuseConnect && (fault.Gateway ?? gateway) == gateway) is not null;

    /// <summary>Takes one strike at an operation.</summary>
    public HubFault? TakeFor(HubDeviceId gateway, string operation) => _faults.Take(fault =>
        fault.Kind is not HubFaultKind.RefuseConnect
        && (fault.Gateway ?? gateway) == gateway
        && (fault.Operation is null || string.Equals(fault.Operation, operation, StringComparison.Ordinal)));

    /// <summary>From now on the hub neither reads nor writes, connections stay open; a hub that stops thaws.</summary>
    public void Freeze(TimeSpan duration)
    {
        lock (_lock) _thawed = Task.WhenAll(_thawed, Task.Delay(duration, time, stopping));
    }

    /// <summary>Completes at once unless the hub is frozen.</summary>
    public async ValueTask WaitWhileFrozenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task thawed;
            lock (_lock) thawed = _thawed;
            if (thawed.IsCompleted) return;
            await thawed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
