using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>The way of the commands to a sub-device and of the replies back.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="CommandTopic">The topic that its commands come on.</param>
/// <param name="ReplyTopic">The topic that its replies go to.</param>
/// <param name="Channel">Where its commands are carried out; <see langword="null"/> where they are not any more: it leaves the gateway, and
/// each is refused.</param>
internal sealed record CommandRoute(SubDeviceId Device, string CommandTopic, string ReplyTopic, ICommandChannel? Channel)
{
    /// <summary>That of a sub-device.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="channel">Its channel; <see langword="null"/> where it leaves the gateway.</param>
    public static CommandRoute Of(SubDevicePlan device, ICommandChannel? channel) => Of(device.Id, device.Profile, channel);

    /// <inheritdoc cref="Of(SubDevicePlan, ICommandChannel?)"/>
    public static CommandRoute Of(SubDeviceId device, ProfileSettings profile, ICommandChannel? channel) =>
        new(device, CommandTopics.CommandsOf(device, profile), CommandTopics.RepliesOf(device, profile), channel);
}
