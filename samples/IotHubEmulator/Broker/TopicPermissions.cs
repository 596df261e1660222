namespace BridgeFramework.IotHubEmulator;

/// <summary>What a device may do with a topic.</summary>
[Flags]
internal enum TopicAccess
{
    None = 0,
    Publish = 1,
    Subscribe = 2,
}

/// <summary>A topic or topic filter: whose it is and what that device may do with it.</summary>
/// <param name="Device">The device named in the topic.</param>
/// <param name="IsSystem">Whether the topic begins with <c>$</c>: spoken with the hub itself, never routed.</param>
/// <param name="IsGatewayOnly">Whether only the connected gateway itself may use it, not in the name of a sub-device.</param>
internal readonly record struct TopicPermission(HubDeviceId Device, TopicAccess Access, bool IsSystem, bool IsGatewayOnly);

/// <summary>Reads topics as the hub's permission table does.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, topic management: each product has <c>control</c> to subscribe, <c>event</c> to publish and
/// <c>data</c> for both; other suffixes of a product are open here. Wildcards are for custom topics, behind product id and device name;
/// the one system topic with a wildcard is that of RRPC requests.
/// </remarks>
internal static class TopicPermissions
{
    public const int MaxTopicBytes = 255;

    public static TopicPermission? Read(string topic)
    {
        if (topic.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(topic) > MaxTopicBytes) return null;
        string[] levels = topic.Split('/');
        return topic[0] == '$' ? ReadSystem(levels) : ReadCustom(levels);
    }

    private static TopicPermission? ReadCustom(string[] levels)
    {
        if (levels.Length < 3) return null;
        var device = new HubDeviceId(levels[0], levels[1]);
        if (!device.IsWellFormed) return null;
        var access = levels is [_, _, var suffix] ? AccessOf(suffix) : TopicAccess.Publish | TopicAccess.Subscribe;
        for (int i = 2; i < levels.Length; i++)
        {
            if (!levels[i].AsSpan().ContainsAny('+', '#')) continue;
            bool wholeLevel = levels[i] is "+" || (levels[i] is "#" && i == levels.Length - 1);
            if (!wholeLevel) return null;
            access &= TopicAccess.Subscribe;
        }

        return new TopicPermission(device, access, IsSystem: false, IsGatewayOnly: false);
    }

    private static TopicAccess AccessOf(string suffix) => suffix switch
    {
        "control" => TopicAccess.Subscribe,
        "event" => TopicAccess.Publish,
        _ => TopicAccess.Publish | TopicAccess.Subscribe,
    };

    private static TopicPermission? ReadSystem(string[] levels)
    {
        (TopicAccess access, string productId, string deviceName) = levels switch
        {
            ["$gateway" or "$sys" or "$shadow" or "$config" or "$log", "operation", "result", var p, var d] =>
                (TopicAccess.Subscribe, p, d),
            ["$gateway" or "$sys" or "$shadow" or "$config" or "$log", "operation", var p, var d] => (TopicAccess.Publish, p, d),
            ["$ota", "report", var p, var d] => (TopicAccess.Publish, p, d),
            ["$ota", "update", var p, var d] => (TopicAccess.Subscribe, p, d),
            ["$thing", "up", not ("+" or "#"), var p, var d] => (TopicAccess.Publish, p, d),
            ["$thing", "down", not ("+" or "#"), var p, var d] => (TopicAccess.Subscribe, p, d),
            ["$broadcast", "rxd", var p, var d] => (TopicAccess.Subscribe, p, d),
            ["$rrpc", "rxd", var p, var d, not "#"] => (TopicAccess.Subscribe, p, d),
            ["$rrpc", "txd", var p, var d, not ("+" or "#")] => (TopicAccess.Publish, p, d),
            _ => default,
        };
        if (access is TopicAccess.None) return null;
        var device = new HubDeviceId(productId, deviceName);
        return device.IsWellFormed ? new TopicPermission(device, access, IsSystem: true, IsGatewayOnly: levels[0] is "$gateway") : null;
    }
}
