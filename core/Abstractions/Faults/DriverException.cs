namespace BridgeFramework;

/// <summary>Something failed in the field. The root of the exceptions that drivers throw and the gateway understands.</summary>
/// <remarks>The message is for the operator: what failed, with which values, what to do. No secrets, no whole payloads.</remarks>
public class DriverException : Exception
{
    /// <summary>Something failed in the field.</summary>
    public DriverException()
    {
    }

    /// <summary>Something failed in the field.</summary>
    /// <param name="message">What failed, with which values, what to do.</param>
    public DriverException(string message)
        : base(message)
    {
    }

    /// <summary>Something failed in the field.</summary>
    /// <param name="message">What failed, with which values, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public DriverException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether trying again may help. <see langword="true"/> unless said otherwise.</summary>
    public bool IsTransient { get; init; } = true;
}
