namespace BridgeFramework;

/// <summary>A device answered with a refusal. Trying the same again does not help.</summary>
public sealed class DeviceRejectedException : DriverException
{
    /// <summary>A device answered with a refusal. Trying the same again does not help.</summary>
    public DeviceRejectedException() => IsTransient = false;

    /// <summary>A device answered with a refusal. Trying the same again does not help.</summary>
    /// <param name="message">Which device refused what, with which code, what to check.</param>
    public DeviceRejectedException(string message)
        : base(message) => IsTransient = false;

    /// <summary>A device answered with a refusal. Trying the same again does not help.</summary>
    /// <param name="message">Which device refused what, with which code, what to check.</param>
    /// <param name="innerException">The cause.</param>
    public DeviceRejectedException(string message, Exception? innerException)
        : base(message, innerException) => IsTransient = false;
}
