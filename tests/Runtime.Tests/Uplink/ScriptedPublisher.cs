using System.Text;
using System.Threading.Channels;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A hub that acknowledges when a test says so.</summary>
internal sealed class ScriptedPublisher : IUplinkPublisher, IReplyPublisher
{
    private readonly Channel<ScriptedPublish> _publishes = Channel.CreateUnbounded<ScriptedPublish>();

    public bool HasPublish => _publishes.Reader.TryPeek(out _);

    /// <summary>Throws instead of publishing, where set.</summary>
    public Func<Exception>? Refuses { get; set; }

    /// <summary>Whether topics are such as the session takes.</summary>
    public bool TakesTopics { get; set; } = true;

    public async Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        if (Refuses is { } refuses) throw refuses();
        if (make() is not { } publish) return false;
        await PublishAsync(publish.Topic, publish.Payload, priority, cancellationToken);
        return true;
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken)
    {
        if (Refuses is { } refuses) return Task.FromException(refuses());
        if (!TakesTopics) return Task.FromException(new ArgumentException("The topic is too long.", nameof(topic)));
        var publish = new ScriptedPublish(topic, Encoding.UTF8.GetString(payload.Span), priority);
        _publishes.Writer.TryWrite(publish);
        return publish.Confirmed.Task.WaitAsync(cancellationToken);
    }

    public Task<ScriptedPublish> Next() => Step.Of("something is published", ct => _publishes.Reader.ReadAsync(ct).AsTask());
}

internal sealed record ScriptedPublish(string Topic, string Text, PublishPriority Priority)
{
    public TaskCompletionSource Confirmed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Confirm() => Confirmed.SetResult();

    public void Fail(Exception exception) => Confirmed.SetException(exception);
}
