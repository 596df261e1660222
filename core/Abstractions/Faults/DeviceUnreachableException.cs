namespace BridgeFramework;

/// <summary>A device gave no valid answer in time. Trying again may help.</summary>
public sealed class DeviceUnreachableException : DriverException
{
    /// <summary>A device gave no valid answer in time. Trying again may help.</summary>
    public DeviceUnreachableException()
    {
    }

    /// <summary>A device gave no valid answer in time. Trying again may help.</summary>
    /// <param name="message">Which device, how long it was waited for, what to check.</param>
    public DeviceUnreachableException(string message)
        : base(message)
    {
    }

    /// <summary>A device gave no valid answer in time. Trying again may help.</summary>
    /// <param name="message">Which device, how long it was waited for, what to check.</param>
    /// <param name="innerException">The cause.</param>
    public DeviceUnreachableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
