namespace BridgeFramework;

/// <summary>The way to the devices is down: no connection, no port. Trying again may help.</summary>
public sealed class LinkDownException : DriverException
{
    /// <summary>The way to the devices is down: no connection, no port. Trying again may help.</summary>
    public LinkDownException()
    {
    }

    /// <summary>The way to the devices is down: no connection, no port. Trying again may help.</summary>
    /// <param name="message">Which way, why, what to check.</param>
    public LinkDownException(string message)
        : base(message)
    {
    }

    /// <summary>The way to the devices is down: no connection, no port. Trying again may help.</summary>
    /// <param name="message">Which way, why, what to check.</param>
    /// <param name="innerException">The cause.</param>
    public LinkDownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
