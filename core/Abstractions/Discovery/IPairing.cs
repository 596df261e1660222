namespace BridgeFramework;

/// <summary>Opt-in: lets unknown devices join for a while.</summary>
public interface IPairing
{
    /// <summary>Opens the channel for joining, or closes it. A later call replaces an earlier one.</summary>
    /// <param name="window">For how long, at most 10 minutes; zero closes it.</param>
    /// <param name="cancellationToken">Gives up; the window is then as it was or as asked for.</param>
    /// <exception cref="DriverException">The channel cannot be opened now.</exception>
    Task OpenAsync(TimeSpan window, CancellationToken cancellationToken);
}
