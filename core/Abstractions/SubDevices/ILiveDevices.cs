namespace BridgeFramework;

/// <summary>Opt-in: takes changes of the channel's sub-devices while it runs. Without it a change restarts the channel.</summary>
public interface ILiveDevices
{
    /// <summary>Applies one change. Calls never overlap.</summary>
    /// <param name="change">What changed.</param>
    /// <param name="cancellationToken">Cancelled after 10 s or at stop; the channel is restarted then.</param>
    /// <exception cref="DriverException">The change cannot be applied; the channel is restarted.</exception>
    ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken);
}
