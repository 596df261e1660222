namespace BridgeFramework.Runtime;

/// <summary>One sub-device that takes commands, and those that wait for their turn. Safe from any thread.</summary>
/// <param name="route">The way of its commands, to begin with.</param>
internal sealed class CommandRecipient(CommandRoute route)
{
    /// <summary>How many commands may wait for one sub-device.</summary>
    public const int QueueLength = 16;

    private readonly Lock _gate = new();
    private readonly Queue<DownlinkCommand> _waiting = [];

    // By id, those that wait or are under way: the newest connection that each has come on.
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private volatile CommandRoute _route = route;
    private bool _isServed;

    public SubDeviceId Id { get; } = route.Device;

    /// <summary>The way of its commands now. What waits goes the way that it finds when its turn has come.</summary>
    public CommandRoute Route
    {
        get => _route;
        set => _route = value;
    }

    /// <summary>How many commands wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Whether a command waits or is under way.</summary>
    public bool HasCommands
    {
        get
        {
            lock (_gate) return _attempts.Count > 0;
        }
    }

    /// <summary>Whether a command of that id waits or is under way. If so, it has now come on this connection.</summary>
    public bool IsRepeat(string id, int attempt)
    {
        lock (_gate)
        {
            if (!_attempts.TryGetValue(id, out int known)) return false;
            _attempts[id] = Math.Max(known, attempt);
            return true;
        }
    }

    /// <summary>Queues a command.</summary>
    /// <returns><see langword="false"/> when too many wait already.</returns>
    public bool TryQueue(DownlinkCommand command, int attempt)
    {
        lock (_gate)
        {
            if (_waiting.Count == QueueLength) return false;
            _waiting.Enqueue(command);
            _attempts[command.Id] = attempt;
            return true;
        }
    }

    /// <summary>Begins to serve those that wait.</summary>
    /// <returns><see langword="false"/> when somebody does already.</returns>
    public bool TryServe()
    {
        lock (_gate) return !_isServed && (_isServed = true);
    }

    /// <summary>Takes the command whose turn has come.</summary>
    /// <returns><see langword="null"/> when none waits: then nobody serves them any more.</returns>
    public DownlinkCommand? Next()
    {
        lock (_gate)
        {
            _isServed = _waiting.TryDequeue(out var command);
            return command;
        }
    }

    /// <summary>The newest connection that a command which has not ended has come on.</summary>
    public int AttemptOf(string id)
    {
        lock (_gate) return _attempts.GetValueOrDefault(id);
    }

    /// <summary>A command has its outcome.</summary>
    public void End(string id)
    {
        lock (_gate) _attempts.Remove(id);
    }
}
