using System.Text;
using System.Threading.Channels;
using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>Connections that do what the test says. Each attempt waits in <see cref="AttemptAsync"/> until the test decides.</summary>
internal sealed class ScriptedTransport : IHubTransport
{
    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

    public Task<IHubLink> ConnectAsync(HubConnectRequest request, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(request);
        _attempts.Writer.TryWrite(attempt);
        return attempt.Outcome.WaitAsync(cancellationToken);
    }

    public async Task<Attempt> AttemptAsync() =>
        await _attempts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("a connection attempt");

    public bool HasAttempt => _attempts.Reader.Count > 0;

    public sealed class Attempt(HubConnectRequest request)
    {
        private readonly TaskCompletionSource<IHubLink> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HubConnectRequest Request => request;

        public Task<IHubLink> Outcome => _outcome.Task;

        public ScriptedLink Accept(Action<ScriptedLink>? prepare = null)
        {
            var link = new ScriptedLink(request);
            prepare?.Invoke(link);
            _outcome.SetResult(link);
            return link;
        }

        public void Refuse(HubFaultKind kind) => _outcome.SetException(new HubConnectException(kind, $"scripted {kind}"));
    }
}

/// <summary>One scripted connection. Confirms and grants everything unless told otherwise.</summary>
internal sealed class ScriptedLink(HubConnectRequest request) : IHubLink
{
    private readonly TaskCompletionSource<LinkEnd> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<HubPublish> _published = Channel.CreateUnbounded<HubPublish>();
    private readonly Channel<string> _subscribed = Channel.CreateUnbounded<string>();
    private readonly Channel<bool> _pinged = Channel.CreateUnbounded<bool>();

    /// <summary>Accepts everything and answers nothing.</summary>
    public bool Frozen { get; set; }

    public Func<string, bool> Grants { get; set; } = _ => true;

    public Func<string, Task> BeforeSubscribe { get; set; } = _ => Task.CompletedTask;

    public Func<HubPublish, Task> Confirms { get; set; } = _ => Task.CompletedTask;

    public bool SaidGoodbye { get; private set; }

    public Task<LinkEnd> Closed => _closed.Task;

    public int PublishedCount => _published.Reader.Count;

    public async Task PublishAsync(HubPublish publish, CancellationToken cancellationToken)
    {
        _published.Writer.TryWrite(publish);
        if (publish.Qos == 0) return;
        await (Frozen ? Never() : Task.WhenAny(Confirms(publish), Never()).Unwrap());
    }

    public async Task<bool> SubscribeAsync(string topic, int qos, CancellationToken cancellationToken)
    {
        await BeforeSubscribe(topic);
        _subscribed.Writer.TryWrite(topic);
        if (Frozen) await Never();
        return Grants(topic);
    }

    public Task UnsubscribeAsync(string topic, CancellationToken cancellationToken) => Frozen ? Never() : Task.CompletedTask;

    public Task PingAsync(CancellationToken cancellationToken)
    {
        _pinged.Writer.TryWrite(true);
        return Frozen ? Never().WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        SaidGoodbye = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _closed.TrySetResult(new LinkEnd("disposed", ByHub: false));
        return ValueTask.CompletedTask;
    }

    /// <summary>The network cuts it.</summary>
    public void Close(string reason) => _closed.TrySetResult(new LinkEnd(reason, ByHub: false));

    /// <summary>The hub ends it.</summary>
    public void Kick() => _closed.TrySetResult(new LinkEnd("closed by the hub", ByHub: true));

    public void Deliver(string topic, string payload) => Deliver(topic, Encoding.UTF8.GetBytes(payload));

    public void Deliver(string topic, byte[] payload) => request.Received(topic, 0, payload);

    public async Task<HubPublish> PublishedAsync() =>
        await _published.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("a publish");

    public async Task<string> SubscribedAsync() =>
        await _subscribed.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("a subscription");

    public async Task PingedAsync() =>
        await _pinged.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("a ping");

    // What was asked on a connection that then ends fails, as with the real library.
    private async Task Never()
    {
        await _closed.Task;
        throw new IOException("the scripted connection ended");
    }
}
