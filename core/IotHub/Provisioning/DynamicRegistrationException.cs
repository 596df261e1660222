namespace BridgeFramework.IotHub;

/// <summary>A device could not be registered; says why and what to do.</summary>
public sealed class DynamicRegistrationException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="message">For a person; never a secret.</param>
    /// <param name="isTransient">Whether trying again later may help.</param>
    /// <param name="code">The hub's own error code, if it gave one.</param>
    /// <param name="innerException">The cause.</param>
    public DynamicRegistrationException(string message, bool isTransient, string? code = null, Exception? innerException = null)
        : base(message, innerException) => (IsTransient, Code) = (isTransient, code);

    /// <summary>Says nothing in particular.</summary>
    public DynamicRegistrationException()
        : this("The device could not be registered.")
    {
    }

    /// <summary>Says what failed.</summary>
    /// <param name="message">For a person.</param>
    public DynamicRegistrationException(string message)
        : base(message)
    {
    }

    /// <summary>Says what failed, with the cause.</summary>
    /// <param name="message">For a person.</param>
    /// <param name="innerException">The cause.</param>
    public DynamicRegistrationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether trying again later may help.</summary>
    public bool IsTransient { get; }

    /// <summary>The hub's error code, such as <c>InvalidParameterValue</c>; null if it gave none.</summary>
    public string? Code { get; }
}
