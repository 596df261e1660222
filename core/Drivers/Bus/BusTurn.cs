namespace BridgeFramework.Drivers;

/// <summary>A turn on a line. Dispose it exactly once.</summary>
public readonly struct BusTurn : IDisposable
{
    private readonly RequestBus? _bus;

    internal BusTurn(RequestBus bus) => _bus = bus;

    /// <summary>Gives the turn to the next.</summary>
    public void Dispose() => _bus?.Release();
}
