namespace BridgeFramework.IotHub;

/// <summary>What a gateway asks the hub about its sub-devices.</summary>
public enum GatewayOperationKind
{
    /// <summary>The sub-device can be reached: <c>online</c>.</summary>
    Online,

    /// <summary>It cannot: <c>offline</c>.</summary>
    Offline,

    /// <summary>Put it under this gateway: <c>bind</c>.</summary>
    Bind,

    /// <summary>Take it away from this gateway: <c>unbind</c>.</summary>
    Unbind,

    /// <summary>List what is bound: <c>describe_sub_devices</c>.</summary>
    Describe,
}

internal static class GatewayOperationKindWire
{
    public static string WireName(this GatewayOperationKind kind) => kind switch
    {
        GatewayOperationKind.Online => "online",
        GatewayOperationKind.Offline => "offline",
        GatewayOperationKind.Bind => "bind",
        GatewayOperationKind.Unbind => "unbind",
        _ => "describe_sub_devices",
    };
}
