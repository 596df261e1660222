namespace BridgeFramework.Gateway;

/// <summary>Why an order or a question came to nothing, as it goes over the socket and as <c>--json</c> prints it.</summary>
/// <param name="Error">One of the names below, for programs.</param>
/// <param name="Message">What was wrong and what to do, for a person.</param>
internal sealed record AdminError(string Error, string Message)
{
    /// <summary>No sub-device of that name.</summary>
    public const string UnknownDevice = "unknownDevice";

    /// <summary>No plugin of that name.</summary>
    public const string UnknownPlugin = "unknownPlugin";

    /// <summary>The order makes no sense as things stand.</summary>
    public const string NotPossible = "notPossible";

    /// <summary>The hub answered with a refusal.</summary>
    public const string HubRefused = "hubRefused";

    /// <summary>There is no connection to the hub.</summary>
    public const string HubOffline = "hubOffline";

    /// <summary>The hub left the question open.</summary>
    public const string HubSilent = "hubSilent";

    /// <summary>No gateway runs on the data folder.</summary>
    public const string NotRunning = "notRunning";

    /// <summary>A gateway runs and does not answer.</summary>
    public const string NotAnswering = "notAnswering";

    /// <summary>As many as may ask at a time are asking.</summary>
    public const string Busy = "busy";

    /// <summary>What answers does not speak as a gateway of this version does.</summary>
    public const string NotUnderstood = "notUnderstood";

    /// <summary>The data folder cannot be found out, or its socket is not ours to use.</summary>
    public const string NotAccessible = "notAccessible";

    /// <summary>A plugin that cannot be loaded.</summary>
    public const string Rejected = "rejected";

    /// <summary>The disk or its permissions are in the way.</summary>
    public const string DiskFailed = "diskFailed";

    /// <summary>A bug of the gateway's.</summary>
    public const string Internal = "internal";
}
