namespace BridgeFramework.IotHub;

/// <summary>The hub's result codes, each with its meaning and what an operator does about it.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, gateway sub-device topology, error codes.</remarks>
/// <param name="Code">The number on the wire.</param>
/// <param name="Name">What it means.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="IsTransient">Whether the same request may succeed later without anybody's doing.</param>
public sealed record GatewayResultCode(int Code, string Name, string Remedy, bool IsTransient)
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The sub-device is not bound to this gateway.</summary>
    public const int NotBound = -1;

    /// <summary>The hub failed.</summary>
    public const int SystemError = -2;

    /// <summary>A request parameter is wrong.</summary>
    public const int BadParameter = 801;

    /// <summary>The device does not exist.</summary>
    public const int NoSuchDevice = 802;

    /// <summary>The signature does not verify.</summary>
    public const int BadSignature = 803;

    /// <summary>The digest is not supported.</summary>
    public const int UnsupportedMethod = 804;

    /// <summary>The signature's time is too far from the hub's.</summary>
    public const int SignatureExpired = 805;

    /// <summary>Bound to another gateway.</summary>
    public const int BoundElsewhere = 806;

    /// <summary>Not a sub-device.</summary>
    public const int NotASubDevice = 807;

    /// <summary>Not allowed.</summary>
    public const int NotAllowed = 808;

    /// <summary>Already bound to this gateway; a bind takes it for success.</summary>
    public const int AlreadyBound = 809;

    /// <summary>This type of sub-device is not supported.</summary>
    public const int UnsupportedType = 810;

    private static readonly Dictionary<int, GatewayResultCode> Known = new GatewayResultCode[]
    {
        new(Success, "success", "nothing", false),
        new(NotBound, "sub-device is not bound to this gateway",
            "bind it in the console, or with its secret", false),
        new(SystemError, "system error at the hub", "wait; it is tried again", true),
        new(BadParameter, "request parameter error", "check product id and device name", false),
        new(NoSuchDevice, "device name invalid or device does not exist",
            "create the device in the console, or correct product id and device name", false),
        new(BadSignature, "signature verification failed", "correct the 'secret' of the sub-device", false),
        new(UnsupportedMethod, "signature method unsupported", "ask the hub's operator which digest it verifies", false),
        new(SignatureExpired, "signature expired", "set the gateway's clock: the hub did not tell its time, or does not go by it", true),
        new(BoundElsewhere, "sub-device is bound to another gateway", "unbind it there first", false),
        new(NotASubDevice, "only general devices can be bound", "use a product of sub-device type", false),
        new(NotAllowed, "operation not allowed", "check the topology permissions of the gateway product in the console", false),
        new(AlreadyBound, "already bound to this gateway", "nothing", false),
        new(UnsupportedType, "sub-device type not supported", "use a product whose type this gateway may serve", false),
    }.ToDictionary(code => code.Code);

    /// <summary>What a code means; a number the documentation does not list is named as unknown and not transient.</summary>
    /// <param name="code">The number on the wire.</param>
    public static GatewayResultCode Of(int code) => Known.GetValueOrDefault(code)
        ?? new GatewayResultCode(code, "unknown result code", "look the code up in the hub's documentation", IsTransient: false);
}
