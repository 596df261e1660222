using System.Collections.Frozen;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes commands from the hub to the sub-device they are for, one after another for each, and answers each once.</summary>
internal sealed partial class CommandRouter
{
    /// <summary>How many commands may wait for one sub-device.</summary>
    private const int QueueLength = 16;

    /// <summary>How long a command may take from when its turn came.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>How many refusals may wait for the hub, over all sub-devices.</summary>
    private const int RefusalsWaiting = 64;

    private readonly FrozenDictionary<string, Recipient> _recipients;
    private readonly Channel<(Recipient Recipient, CommandReply Reply)> _refusals = Channel.CreateBounded<(Recipient, CommandReply)>(RefusalsWaiting);
    private readonly IUplinkPublisher _replies;
    private readonly Func<int, bool> _isCurrent;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="channels">Who carries commands out.</param>
    /// <param name="replies">Where replies go.</param>
    /// <param name="isCurrent">Whether the connection of that number still stands.</param>
    /// <param name="time">The clock that the sender's expiry is held against: the hub's, as far as it is known.</param>
    /// <param name="logger">The log.</param>
    public CommandRouter(
        IEnumerable<ChannelSupervisor> channels, IUplinkPublisher replies, Func<int, bool> isCurrent, TimeProvider time, ILogger<CommandRouter> logger)
    {
        _replies = replies;
        _isCurrent = isCurrent;
        _time = time;
        _logger = logger;
        _recipients = channels
            .SelectMany(channel => channel.Configuration.Devices.Select(device => new Recipient(channel, device)))
            .ToFrozenDictionary(recipient => TopicOf(recipient.Device), StringComparer.Ordinal);
    }

    /// <summary>The topic that commands for a sub-device come on.</summary>
    public static string TopicOf(SubDeviceConfiguration device) => $"{device.Id}/{device.Profile.Down}";

    public async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        Task[] servers = [RefuseAsync(stopping), .. _recipients.Values.Select(recipient => ServeAsync(recipient, stopping))];
        await foreach (var message in messages.ReadAllAsync(stopping)) Route(message);
        await Task.WhenAll(servers);
    }

    private void Route(HubMessage message)
    {
        if (!_recipients.TryGetValue(message.Topic, out var recipient)) return;
        if (PlainDownlink.IsOwnEcho(message.Payload.Span)) return;
        if (!PlainDownlink.TryRead(message.Payload, out var command, out var refusal))
        {
            LogUnreadable(_logger, recipient.Device.Id, message.Payload.Length, refusal.Reason);
            Refuse(recipient, refusal);
        }
        else if (!recipient.Commands.Writer.TryWrite((command, message.Attempt)))
        {
            Refuse(recipient, CommandReply.Of(command.Id, CommandOutcome.Refused, $"{QueueLength} commands wait already: send it again later."));
        }
    }

    // A hub that takes no replies must not keep commands from those who can carry them out.
    private void Refuse(Recipient recipient, CommandReply refusal)
    {
        if (!_refusals.Writer.TryWrite((recipient, refusal))) LogReplyLost(_logger, refusal.Id ?? "", recipient.Device.Id, $"{RefusalsWaiting} refusals wait already.");
    }

    private async Task RefuseAsync(CancellationToken stopping)
    {
        await foreach (var (recipient, refusal) in _refusals.Reader.ReadAllAsync(stopping)) await ReplyAsync(recipient, refusal, stopping);
    }

    private async Task ServeAsync(Recipient recipient, CancellationToken stopping)
    {
        await foreach (var (command, attempt) in recipient.Commands.Reader.ReadAllAsync(stopping))
        {
            var reply = await ExecuteAsync(recipient, command, attempt, stopping);
            LogExecuted(_logger, command.Id, recipient.Device.Id, reply.Outcome, reply.Reason ?? "");
            await ReplyAsync(recipient, reply, stopping);
        }
    }

    private async Task<CommandReply> ExecuteAsync(Recipient recipient, DownlinkCommand command, int attempt, CancellationToken stopping)
    {
        if (!_isCurrent(attempt))
            return CommandReply.Of(command.Id, CommandOutcome.Refused, "The connection it came on has ended before its turn came: send it again.");
        if (command.Expires <= _time.GetUtcNow())
            return CommandReply.Of(command.Id, CommandOutcome.Refused, $"The command expired at {command.Expires:O}.");
        using var deadline = new CancellationTokenSource(Deadline, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        return await recipient.Channel.ExecuteAsync(recipient.Device.Id, command, both.Token);
    }

    private async Task ReplyAsync(Recipient recipient, CommandReply reply, CancellationToken stopping)
    {
        try
        {
            await _replies.PublishAsync(recipient.ReplyTopic, PayloadOf(reply), PublishPriority.CommandReply, stopping);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            LogReplyLost(_logger, reply.Id ?? "", recipient.Device.Id, exception.Message);
        }
    }

    private static ReadOnlyMemory<byte> PayloadOf(CommandReply reply)
    {
        var payload = PlainDownlink.Write(reply);
        if (payload.Length <= PlainUplink.MaxPayload) return payload;
        string reason = $"The results of {reply.Points.Count} points make {payload.Length} bytes, and a message has at most {PlainUplink.MaxPayload}: write fewer points at a time.";
        return PlainDownlink.Write(reply with { Reason = reason, Points = [] });
    }

    private sealed class Recipient(ChannelSupervisor channel, SubDeviceConfiguration device)
    {
        public ChannelSupervisor Channel => channel;
        public SubDeviceConfiguration Device => device;
        public string ReplyTopic { get; } = $"{device.Id}/{device.Profile.Reply}";
        public Channel<(DownlinkCommand Command, int Attempt)> Commands { get; } =
            System.Threading.Channels.Channel.CreateBounded<(DownlinkCommand, int)>(QueueLength);
    }

    [LoggerMessage(4301, LogLevel.Warning, "A message of {Length} bytes to {Device} is no command: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string? reason);

    [LoggerMessage(4302, LogLevel.Information, "Command {Id} to {Device}: {Outcome} {Reason}")]
    private static partial void LogExecuted(ILogger logger, string id, SubDeviceId device, CommandOutcome outcome, string reason);

    [LoggerMessage(4303, LogLevel.Warning, "The reply to command {Id} of {Device} did not reach the hub: {Reason}")]
    private static partial void LogReplyLost(ILogger logger, string id, SubDeviceId device, string reason);
}
