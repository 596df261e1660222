using System.Collections.Concurrent;
using System.Threading.Channels;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device that takes commands, and those that wait for their turn.</summary>
internal sealed class CommandRecipient(SubDevicePlan device, ICommandChannel channel)
{
    /// <summary>How many commands may wait for one sub-device.</summary>
    public const int QueueLength = 16;

    private readonly Channel<DownlinkCommand> _commands = System.Threading.Channels.Channel.CreateBounded<DownlinkCommand>(QueueLength);

    // By id, those that wait or are under way: the newest connection that each has come on.
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);

    public SubDeviceId Id => device.Id;

    /// <summary>The topic that its commands come on.</summary>
    public string CommandTopic { get; } = CommandTopics.CommandsOf(device);

    /// <summary>The topic that its replies go to.</summary>
    public string ReplyTopic { get; } = CommandTopics.RepliesOf(device);

    /// <summary>Where its commands are carried out.</summary>
    public ICommandChannel Channel => channel;

    public ChannelReader<DownlinkCommand> Commands => _commands.Reader;

    /// <summary>Whether a command of that id waits or is under way. If so, it has now come on this connection.</summary>
    public bool IsRepeat(string id, int attempt)
    {
        while (_attempts.TryGetValue(id, out int known))
            if (_attempts.TryUpdate(id, Math.Max(known, attempt), known)) return true;
        return false;
    }

    /// <summary>Queues a command.</summary>
    /// <returns><see langword="false"/> when too many wait already.</returns>
    public bool TryQueue(DownlinkCommand command, int attempt)
    {
        _attempts[command.Id] = attempt;
        if (_commands.Writer.TryWrite(command)) return true;
        _attempts.TryRemove(command.Id, out _);
        return false;
    }

    /// <summary>The newest connection that a command which has not ended has come on.</summary>
    public int AttemptOf(string id) => _attempts.GetValueOrDefault(id);

    /// <summary>A command has its outcome.</summary>
    public void End(string id) => _attempts.TryRemove(id, out _);
}
