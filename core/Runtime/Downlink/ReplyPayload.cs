using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Makes the message that tells the hub what became of a command.</summary>
internal static class ReplyPayload
{
    /// <summary>The reply as a message. What is too long for one is told without the results of its points.</summary>
    public static ReadOnlyMemory<byte> Of(CommandReply reply)
    {
        var payload = PlainDownlink.Write(reply);
        if (payload.Length <= HubPublish.MaxPayloadLength) return payload;
        string reason = $"The results of {reply.Points.Count} points make {payload.Length} bytes, "
            + $"and a message has at most {HubPublish.MaxPayloadLength}: write fewer points at a time.";
        return PlainDownlink.Write(reply with { Reason = reason, Points = [] });
    }

    /// <summary>The message about a command that was under way when the gateway ended.</summary>
    public static ReadOnlyMemory<byte> Interrupted(string id) => Of(CommandReply.Of(
        id, CommandOutcome.Unknown, "The gateway ended while it was under way: whether it was carried out is not known."));
}
