namespace BridgeFramework.Drivers;

/// <summary>What a driver does with a link while it is up. Called by <see cref="ReconnectLoop"/>, never twice at a time.</summary>
public interface ILinkSession
{
    /// <summary>Uses an open stream until it ends.</summary>
    /// <param name="stream">The stream; the caller disposes it afterwards.</param>
    /// <param name="alive">To be called when the other side has proven to be alive, by a valid frame; calling it again is harmless.</param>
    /// <param name="stopping">Asks to end.</param>
    /// <returns>Why the link ended, for the operator.</returns>
    /// <exception cref="IOException">The link broke; same as an end with its message.</exception>
    Task<string> ServeAsync(Stream stream, Action alive, CancellationToken stopping);

    /// <summary>Hears that the link is down: requests should fail at once until the next <see cref="ServeAsync"/>.</summary>
    /// <remarks>Not called for a working link that ends and can be opened again at once: many devices close
    /// an idle one after 10 to 60 s.</remarks>
    /// <param name="reason">Why, for the operator.</param>
    void LinkLost(string reason);
}
