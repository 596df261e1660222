namespace BridgeFramework.IotHub;

/// <summary>The hub cannot be reached now, or the connection went before the hub confirmed. The outcome of
/// what was under way is unknown.</summary>
public sealed class HubOfflineException : IOException
{
    /// <summary>Says only that the session is offline.</summary>
    public HubOfflineException()
        : this("The hub session is offline.")
    {
    }

    /// <summary>Says why the session is offline.</summary>
    /// <param name="message">For a person.</param>
    public HubOfflineException(string message)
        : base(message)
    {
    }

    /// <summary>Says why the session is offline, with the cause.</summary>
    /// <param name="message">For a person.</param>
    /// <param name="innerException">The cause.</param>
    public HubOfflineException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
