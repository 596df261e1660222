namespace BridgeFramework.IotHub;

/// <summary>The hub answered a gateway operation with a result code other than success.</summary>
public sealed class GatewayOperationException : Exception
{
    /// <summary>Says what was refused.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="device">The sub-device it was for.</param>
    /// <param name="code">The hub's result code.</param>
    public GatewayOperationException(GatewayOperationKind operation, DeviceIdentity device, int code)
        : this(operation, device, GatewayResultCode.Of(code))
    {
    }

    /// <summary>Says nothing in particular.</summary>
    public GatewayOperationException()
        : base("A gateway operation was refused.") => (Name, Remedy) = ("", "");

    /// <summary>Says what was refused.</summary>
    /// <param name="message">For a person.</param>
    public GatewayOperationException(string message)
        : base(message) => (Name, Remedy) = ("", "");

    /// <summary>Says what was refused, with the cause.</summary>
    /// <param name="message">For a person.</param>
    /// <param name="innerException">The cause.</param>
    public GatewayOperationException(string message, Exception? innerException)
        : base(message, innerException) => (Name, Remedy) = ("", "");

    private GatewayOperationException(GatewayOperationKind operation, DeviceIdentity device, GatewayResultCode code)
        : base($"The hub refused {operation.WireName()} of {device} (code {code.Code}, {code.Name}): {code.Remedy}.")
    {
        Operation = operation;
        Device = device;
        Code = code.Code;
        Name = code.Name;
        Remedy = code.Remedy;
        IsTransient = code.IsTransient;
    }

    /// <summary>The operation.</summary>
    public GatewayOperationKind Operation { get; }

    /// <summary>The sub-device.</summary>
    public DeviceIdentity Device { get; }

    /// <summary>The result code; constants are in <see cref="GatewayResultCode"/>.</summary>
    public int Code { get; }

    /// <summary>What the code means.</summary>
    public string Name { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>Whether trying again later may help.</summary>
    public bool IsTransient { get; }
}
