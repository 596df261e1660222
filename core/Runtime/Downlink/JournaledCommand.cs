namespace BridgeFramework.Runtime;

/// <summary>What the journal remembers of one command. Changed only by the journal, under its lock.</summary>
internal sealed class JournaledCommand(SubDeviceId device, string id)
{
    public SubDeviceId Device => device;
    public string Id => id;

    /// <summary>The reply as it goes to the hub; empty while the command is under way.</summary>
    public ReadOnlyMemory<byte> Reply { get; set; }

    /// <summary>When it last changed, in milliseconds since 1970; for a person.</summary>
    public long At { get; set; }

    /// <summary>Whether its intent may be on the disk, so that a restart would answer for it.</summary>
    public bool HasIntent { get; set; }

    /// <summary>The journal's change that the reply came with: it may be sent once that change is safe.</summary>
    public long Change { get; set; }

    /// <summary>When the reply was delivered, by the steady clock; <see langword="null"/> before that.</summary>
    public long? DeliveredAt { get; set; }

    /// <summary>Whether the reply is on its way to the hub.</summary>
    public bool IsBeingSent { get; set; }

    /// <summary>Whether the command came again while its reply was on its way.</summary>
    public bool IsAskedAgain { get; set; }

    /// <summary>Its place among the finished or among the delivered; <see langword="null"/> while it is under
    /// way or when it is forgotten.</summary>
    public LinkedListNode<JournaledCommand>? Place { get; set; }

    /// <summary>Its place among the replies that its sub-device has to send.</summary>
    public LinkedListNode<JournaledCommand>? Turn { get; set; }
}
