using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Waits for a maintenance window. By the clock, which may be set meanwhile: so it looks again every now and then.</summary>
internal static class WindowWait
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    /// <summary>Completes at once where there is no window, or it is open.</summary>
    public static async Task UntilOpenAsync(MaintenanceWindow? window, TimeProvider time, CancellationToken cancellationToken)
    {
        while (window is { } given && !given.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)))
            await Task.Delay(Look, time, cancellationToken);
    }
}
