namespace BridgeFramework.Runtime;

/// <summary>Tells a driver that one call of it is to end, apart from the engine's own tokens: what the driver registered with it runs when
/// it is cancelled, and may throw, or never return.</summary>
#pragma warning disable CA1001, IDISP002 // the driver may keep its token, and there is no timer in it
internal sealed class DriverToken
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    /// <summary>Tells the driver, and waits for nobody.</summary>
    public void Cancel() => _ = CancelQuietlyAsync();

    private async Task CancelQuietlyAsync() => await _source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
