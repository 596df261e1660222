using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Waits for a maintenance window. By the clock, which may be set meanwhile: so it looks again every now and then.</summary>
internal static class WindowWait
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is no window, or it is open.</summary>
    public static bool IsOpen(MaintenanceWindow? window, TimeProvider time) =>
        window is not { } given || given.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime));

    /// <summary>Completes at once where there is no window, or it is open.</summary>
    public static Task UntilOpenAsync(MaintenanceWindow? window, TimeProvider time, CancellationToken cancellationToken) =>
        UntilAsync(isOpen: true, window, time, cancellationToken);

    /// <summary>Completes at once where it is closed, and never where there is no window.</summary>
    public static Task UntilClosedAsync(MaintenanceWindow? window, TimeProvider time, CancellationToken cancellationToken) => window is null
        ? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken)
        : UntilAsync(isOpen: false, window, time, cancellationToken);

    private static async Task UntilAsync(bool isOpen, MaintenanceWindow? window, TimeProvider time, CancellationToken cancellationToken)
    {
        while (IsOpen(window, time) != isOpen)
            await Task.Delay(Look, time, cancellationToken);
    }
}
