namespace BridgeFramework.Runtime;

/// <summary>A sub-device that takes commands, with what sends its replies.</summary>
internal sealed class ServedRecipient(CommandRecipient recipient, ReplySender replies)
{
    public CommandRecipient Recipient => recipient;

    public ReplySender Replies => replies;

    /// <summary>Whether it is dropped once no command of it is under way. Under the router's lock.</summary>
    public bool IsForgotten { get; set; }
}
