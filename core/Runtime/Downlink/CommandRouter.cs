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

    private readonly FrozenDictionary<string, Recipient> _recipients;
    private readonly IUplinkPublisher _replies;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public CommandRouter(IEnumerable<ChannelSupervisor> channels, IUplinkPublisher replies, TimeProvider time, ILogger<CommandRouter> logger)
    {
        _replies = replies;
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
        var recipients = _recipients.Values.Select(recipient => ServeAsync(recipient, stopping)).ToList();
        await foreach (var message in messages.ReadAllAsync(stopping))
            await RouteAsync(message, stopping);
        await Task.WhenAll(recipients);
    }

    private async ValueTask RouteAsync(HubMessage message, CancellationToken stopping)
    {
        if (!_recipients.TryGetValue(message.Topic, out var recipient)) return;
        if (PlainDownlink.IsOwnEcho(message.Payload.Span)) return;
        if (!PlainDownlink.TryRead(message.Payload, out var command, out var refusal))
        {
            LogUnreadable(_logger, recipient.Device.Id, message.Payload.Length, refusal.Reason);
            await ReplyAsync(recipient, refusal, stopping);
        }
        else if (!recipient.Commands.Writer.TryWrite(command))
        {
            await ReplyAsync(recipient, CommandReply.Of(command.Id, CommandOutcome.Refused, $"{QueueLength} commands wait already: send it again later."), stopping);
        }
    }

    private async Task ServeAsync(Recipient recipient, CancellationToken stopping)
    {
        await foreach (var command in recipient.Commands.Reader.ReadAllAsync(stopping))
        {
            var reply = await ExecuteAsync(recipient, command, stopping);
            LogExecuted(_logger, command.Id, recipient.Device.Id, reply.Outcome, reply.Reason ?? "");
            await ReplyAsync(recipient, reply, stopping);
        }
    }

    private async Task<CommandReply> ExecuteAsync(Recipient recipient, DownlinkCommand command, CancellationToken stopping)
    {
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
        public Channel<DownlinkCommand> Commands { get; } = System.Threading.Channels.Channel.CreateBounded<DownlinkCommand>(QueueLength);
    }

    [LoggerMessage(4301, LogLevel.Warning, "A message of {Length} bytes to {Device} is no command: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string? reason);

    [LoggerMessage(4302, LogLevel.Information, "Command {Id} to {Device}: {Outcome} {Reason}")]
    private static partial void LogExecuted(ILogger logger, string id, SubDeviceId device, CommandOutcome outcome, string reason);

    [LoggerMessage(4303, LogLevel.Warning, "The reply to command {Id} of {Device} did not reach the hub: {Reason}")]
    private static partial void LogReplyLost(ILogger logger, string id, SubDeviceId device, string reason);
}
