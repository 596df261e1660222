namespace BridgeFramework.Runtime;

/// <summary>The topics that a sub-device's messages go to.</summary>
internal sealed record UplinkRoute(string DataTopic, string EventTopic)
{
    public static UplinkRoute Of(SubDeviceId id, ProfileSettings profile) => new($"{id}/{profile.Up}", $"{id}/{profile.Reply}");
}
