using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Sends answers when they are due, in order, to the connection that asked and to no later one; lets faults strike them.</summary>
internal sealed partial class AnswerDispatch(
    HubEmulatorOptions options, HubRecord record, Func<string, byte[], Task> publish, ILogger<AnswerDispatch> logger)
{
    // Not JSON, and not UTF-8 either: a lone continuation byte and an overlong form.
    private static readonly byte[] Garbage = [0x7B, 0x22, 0x74, 0x80, 0xC0, 0xAF, 0x00, 0xFF];

    private readonly TimeProvider _time = options.TimeProvider;

    /// <summary>Sends at once when nothing delays the answer, otherwise returns and sends later.</summary>
    public async Task SendAsync(HubConnection connection, HubAnswer answer)
    {
        if (answer.Fault is { } fault) LogFault(logger, fault.Kind, answer.Topic);
        if (answer.Fault?.Kind is HubFaultKind.DropAnswer) return;
        if (!connection.TryBeginAnswer())
        {
            record.CountLostAnswer();
            return;
        }

        bool overtakable = answer.Fault?.Kind is HubFaultKind.DelayAnswer;
        var delay = overtakable ? options.AnswerDelay + answer.Fault!.Delay : options.AnswerDelay;
        var sending = overtakable
            ? SendAfterAsync(Task.CompletedTask, delay, connection, answer)
            : connection.Enqueue(previous => SendAfterAsync(previous, delay, connection, answer));
        if (delay == TimeSpan.Zero) await sending;
    }

    /// <summary>Cannot fail: a connection that ends and a broker that stops are what the counter is for.</summary>
    private async Task SendAfterAsync(Task previous, TimeSpan delay, HubConnection connection, HubAnswer answer)
    {
        try
        {
            if (delay > TimeSpan.Zero) await Task.Delay(delay, _time, connection.Closed);
            await previous;
            connection.Closed.ThrowIfCancellationRequested();
            byte[] payload = answer.Fault?.Kind is HubFaultKind.Garbage ? Garbage : answer.Payload;
            await publish(answer.Topic, payload);
            if (answer.Fault?.Kind is HubFaultKind.DuplicateAnswer) await publish(answer.Topic, payload);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            record.CountLostAnswer();
        }
        finally
        {
            connection.EndAnswer();
        }
    }

    [LoggerMessage(6201, LogLevel.Information, "Fault {Kind} strikes the answer on {Topic}")]
    private static partial void LogFault(ILogger logger, HubFaultKind kind, string topic);
}
