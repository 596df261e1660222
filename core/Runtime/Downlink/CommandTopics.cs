using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>The topics of a sub-device that commands come on and replies go to.</summary>
internal static class CommandTopics
{
    /// <summary>The topic that its commands come on.</summary>
    public static string CommandsOf(SubDevicePlan device) => CommandsOf(device.Id, device.Profile);

    /// <summary>The topic that its commands come on.</summary>
    public static string CommandsOf(SubDeviceId device, ProfileSettings profile) => $"{device}/{profile.Down}";

    /// <summary>The topic that its replies go to.</summary>
    public static string RepliesOf(SubDeviceId device, ProfileSettings profile) => $"{device}/{profile.Reply}";
}
