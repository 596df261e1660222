using System.Text;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>One process with router and journal, from its start to the moment it is killed. What it left for
/// later then never happens.</summary>
internal sealed class DownlinkLife : SynchronizationContext, IReplyPublisher
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _later = new();
    private readonly Channel<HubMessage> _messages = Channel.CreateUnbounded<HubMessage>();
    private readonly Dictionary<SubDeviceId, CloudState> _states = [];
    private readonly Dictionary<SubDeviceId, CommandRoute> _routes = [];
    private readonly DownlinkOracle _oracle;
    private readonly CommandRouter _router;
    private readonly CommandJournal _journal;

    public DownlinkLife(SimulatedDisk disk, IReadOnlyList<SubDeviceId> devices, DownlinkOracle oracle)
    {
        Disk = disk;
        _oracle = oracle;
        var options = new CommandJournalOptions { CompactAt = 1024 };
        _journal = new CommandJournal(options, Time, NullLogger<CommandJournal>.Instance);
        _router = new CommandRouter(
            _journal,
            new JournalWriter(_journal, disk, options, Time, NullLogger<JournalWriter>.Instance),
            this,
            device => _states.GetValueOrDefault(device),
            attempt => attempt == Connection,
            Time,
            NullLogger<CommandRouter>.Instance);
        Channels = [new LifeChannel(this), new LifeChannel(this)];
        Apply([.. devices.Select(device => RouteOf(device))]);
        Running = Task.CompletedTask;
        Do(() => Running = _router.RunAsync(_messages.Reader, CancellationToken.None));
    }

    public SimulatedDisk Disk { get; }
    public SimulatedTime Time { get; } = new();
    public int Connection { get; set; } = 1;
    public DownlinkStatus Status => _router.Status;

    /// <summary>The router at work.</summary>
    public Task Running { get; private set; }

    /// <summary>Where commands can be carried out.</summary>
    public IReadOnlyList<LifeChannel> Channels { get; }

    /// <summary>What drivers are busy with.</summary>
    public List<TaskCompletionSource<CommandOutcome>> Calls { get; } = [];

    /// <summary>Runs when a command leaves its run: its outcome is noted, and the router does not know yet.</summary>
    public Action OnLeave { get; set; } = () => { };

    /// <summary>What is on its way to the hub.</summary>
    public List<(SubDeviceId Device, string Id, TaskCompletionSource Acknowledged)> Publishes { get; } = [];

    public override void Post(SendOrPostCallback d, object? state) => _later.Enqueue((d, state));

    public void Do(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Does some of what is left for later.</summary>
    public void Run(int steps)
    {
        for (; steps > 0 && _later.TryDequeue(out var next); steps--) Do(() => next.Callback(next.State));
    }

    /// <summary>The way to a sub-device.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="channel">The number of its channel; <see langword="null"/> where it leaves.</param>
    /// <param name="topics">Which topics it has.</param>
    public CommandRoute RouteOf(SubDeviceId device, int? channel = 0, string topics = "") => new(
        device, $"{device}/control{topics}", $"{device}/event{topics}", channel is { } number ? Channels[number] : null);

    /// <summary>These from now on.</summary>
    public void Apply(params CommandRoute[] routes)
    {
        foreach (var (id, route) in _routes) _routes[id] = route with { Channel = null };
        foreach (var route in routes) _routes[route.Device] = route;
        Do(() => _router.Apply(routes));
    }

    /// <summary>A sub-device that leaves has left.</summary>
    public void Forget(SubDeviceId device)
    {
        if (_routes[device].Channel is null) _oracle.Forgotten(device);
        Do(() => _router.Forget(device));
    }

    public bool HasReplies(SubDeviceId device) => _router.HasReplies(device);

    public void Send(SubDeviceId device, string id, TimeSpan? expiry) => Do(() => _messages.Writer.TryWrite(new HubMessage
    {
        Topic = _routes[device].CommandTopic,
        Payload = Encoding.UTF8.GetBytes(expiry is { } after
            ? $$"""{"id":"{{id}}","expires":{{(Time.GetUtcNow() + after).ToUnixTimeMilliseconds()}},"write":{"p":1} }"""
            : $$"""{"id":"{{id}}","write":{"p":1} }"""),
        Qos = 1,
        ReceivedAt = Time.GetUtcNow(),
        Attempt = Connection,
    }));

    public void SetOnline(SubDeviceId device, bool isOnline)
    {
        _states[device] = isOnline ? CloudState.Online : CloudState.Offline;
        Do(() => _router.Follow(device));
    }

    public bool IsOnline(SubDeviceId device) => _states.GetValueOrDefault(device) == CloudState.Online;

    public void Acknowledge(int index)
    {
        var (device, id, acknowledged) = Publishes[index];
        Publishes.RemoveAt(index);
        _oracle.Acknowledged(device, id);
        Do(acknowledged.SetResult);
    }

    public void Fail(int index)
    {
        var acknowledged = Publishes[index].Acknowledged;
        Publishes.RemoveAt(index);
        Do(() => acknowledged.SetException(new HubOfflineException("gone")));
    }

    public void Answer(int index, CommandOutcome outcome)
    {
        var call = Calls[index];
        Calls.RemoveAt(index);
        Do(() => call.TrySetResult(outcome));
    }

    /// <summary>Lets everything go well until nothing is left to do.</summary>
    public void Settle(IReadOnlyList<SubDeviceId> devices)
    {
        Disk.IsSlow = false;
        foreach (var device in devices) SetOnline(device, isOnline: true);
        var end = Time.Now + TimeSpan.FromMinutes(1);
        do
        {
            while (_later.Count > 0 || Disk.IsBusy || Publishes.Count > 0 || Calls.Count > 0)
            {
                Run(int.MaxValue);
                Do(() => Disk.Go());
                if (Publishes.Count > 0) Acknowledge(0);
                if (Calls.Count > 0) Answer(0, CommandOutcome.Done);
            }
        }
        while (Step(end));
    }

    /// <summary>Goes to the next timer.</summary>
    public bool Step(TimeSpan end)
    {
        bool more = false;
        Do(() => more = Time.TryStep(end));
        return more;
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken)
    {
        var device = SubDeviceId.Parse(topic[..topic.LastIndexOf('/')]);
        string text = Encoding.UTF8.GetString(payload.Span);
        string id = (string?)System.Text.Json.Nodes.JsonNode.Parse(text)!["id"] ?? throw new InvalidDataException(text);
        _oracle.Require(topic == _routes[device].ReplyTopic, $"{text} is sent to {topic}");
        _oracle.Require(IsOnline(device), $"{text} is sent while the hub does not have {device} online");
        _oracle.Told(device, id, text, isForGood: _journal.Status.Trouble is null);
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Publishes.Add((device, id, acknowledged));
        return acknowledged.Task;
    }

    private async Task<PointResult> AskAsync(SubDeviceId device, WritePoints command, CancellationToken deadline)
    {
        _oracle.Executed(device, command.Id);
        _oracle.Require(_routes[device].Channel is not null, $"{command.Id} of {device} is carried out although it was removed");
        var call = new TaskCompletionSource<CommandOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Calls.Add(call);
        await using var timeIsUp = deadline.Register(() => call.TrySetResult(CommandOutcome.TimedOut));
        var outcome = await call.Task;
        Calls.Remove(call);
        _oracle.Answered(device, command.Id, outcome);
        string? reason = outcome == CommandOutcome.Done ? null : "The driver says so.";
        return new PointResult { Point = Assert.Single(command.Writes).Point, Outcome = outcome, Reason = reason };
    }

    /// <summary>Where commands can be carried out.</summary>
    internal sealed class LifeChannel(DownlinkLife life) : ICommandChannel
    {
        /// <summary>Where it is held, completed as its run has ended.</summary>
        public TaskCompletionSource? Held { get; set; }

        /// <summary>The commands that have entered.</summary>
        public int Entered { get; private set; }

        public async Task<CommandEntry> EnterAsync(SubDeviceId device, CancellationToken deadline)
        {
            life._oracle.Require(life._routes[device].Channel == this, $"A command of {device} enters a channel that it is not on");
            Entered++;
            if (Held is null) return CommandEntry.Into(new EnteredRun(life, device));
            await Held.Task.WaitAsync(deadline).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return CommandEntry.Refused(CommandOutcome.Absent, "It ended.");
        }
    }

    /// <summary>A driver with one point, which is never busy with an earlier command.</summary>
    private sealed class EnteredRun(DownlinkLife life, SubDeviceId device) : ICommandRun
    {
        public IReadOnlyList<PointDefinition> Points { get; } =
            [new PointDefinition { Name = "p", At = new object(), Access = PointAccess.Write }];
        public CancellationToken Ending => CancellationToken.None;

        public Task<bool> UntilIdleAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public async Task<IReadOnlyList<PointResult>> AskAsync(WritePoints command, CancellationToken deadline) =>
            [await life.AskAsync(device, command, deadline)];

        public void Leave() => life.OnLeave();
    }
}
