namespace BridgeFramework.Drivers;

/// <summary>A way to reach a line: opens a stream of bytes to it, again and again.</summary>
/// <remarks>At most one stream of a transport is open at a time: many devices take one connection only.</remarks>
public interface ITransport
{
    /// <summary>Where it leads, for messages: <c>10.0.0.5:502</c>, <c>/dev/ttyUSB0</c>.</summary>
    string Endpoint { get; }

    /// <summary>Opens a stream. The caller disposes it, which closes the line.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LinkDownException">It could not be opened; the message says why and what to check.</exception>
    ValueTask<Stream> OpenAsync(CancellationToken cancellationToken);
}
