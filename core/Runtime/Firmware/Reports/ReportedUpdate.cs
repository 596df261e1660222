using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What the hub can be told of an update.</summary>
internal enum UpdateNewsKind
{
    Downloading,
    Burning,
    Done,
    Failed,
}

/// <summary>Something the hub is to be told of an update.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Version">The version that the update brings.</param>
internal sealed record UpdateNews(UpdateNewsKind Kind, string Version)
{
    /// <summary>How much is fetched, in percent.</summary>
    public int Percent { get; init; }

    /// <summary>Of a failure: how the hub knows it.</summary>
    public FirmwareResultCode Code { get; init; }

    /// <summary>Of a failure: why.</summary>
    public string Message { get; init; } = "";

    /// <summary>Set when the hub has confirmed it, where somebody waits for that.</summary>
    public TaskCompletionSource? Confirmed { get; init; }

    public HubPublish ToMessage(DeviceIdentity device) => Kind switch
    {
        UpdateNewsKind.Downloading => FirmwareReport.Downloading(device, Version, Percent),
        UpdateNewsKind.Burning => FirmwareReport.Burning(device, Version),
        UpdateNewsKind.Done => FirmwareReport.Done(device, Version),
        _ => FirmwareReport.Failed(device, Version, Code, Message),
    };
}

/// <summary>What the hub knows, and is to know, of the update of one device. Safe from any thread.</summary>
internal sealed class ReportedUpdate(DeviceIdentity id)
{
    private readonly Lock _gate = new();
    private bool _isOnline;
    private UpdateNews? _state; // not confirmed yet
    private UpdateNews? _progress; // not sent yet
    private bool _stateQueued;
    private bool _progressQueued;

    public DeviceIdentity Id => id;

    /// <summary>When progress was sent last, on the steady clock.</summary>
    public TimeSpan LastProgress { get; private set; } = TimeSpan.MinValue / 2;

    public void Follow(bool isOnline)
    {
        lock (_gate) _isOnline = isOnline;
    }

    /// <summary>What is newest of it.</summary>
    public void Say(UpdateNews news)
    {
        bool isProgress = news.Kind == UpdateNewsKind.Downloading;
        lock (_gate) (_state, _progress) = (isProgress ? null : news, isProgress ? news : null);
    }

    /// <summary>Whether it is to be lined up for its state.</summary>
    public bool TryQueueState()
    {
        lock (_gate)
        {
            if (_stateQueued || !_isOnline || _state is null) return false;
            return _stateQueued = true;
        }
    }

    /// <summary>Whether it is to be lined up for its progress.</summary>
    public bool TryQueueProgress()
    {
        lock (_gate)
        {
            if (_progressQueued || !_isOnline || _progress is null) return false;
            return _progressQueued = true;
        }
    }

    /// <summary>What is to be said of its state now that its turn has come.</summary>
    public UpdateNews? TakeState()
    {
        lock (_gate) return _isOnline ? _state : null;
    }

    /// <summary>Its turn is over.</summary>
    public void EndState(UpdateNews? sent, bool isConfirmed)
    {
        lock (_gate)
        {
            _stateQueued = false;
            if (!isConfirmed || sent is null) return;
            if (ReferenceEquals(_state, sent)) _state = null;
        }

        sent.Confirmed?.TrySetResult();
    }

    /// <summary>What is to be said of its progress now that its turn has come.</summary>
    public UpdateNews? TakeProgress(TimeSpan now)
    {
        lock (_gate)
        {
            if (!_isOnline) return null;
            var progress = _progress;
            if (progress is not null) LastProgress = now;
            _progress = null;
            return progress;
        }
    }

    /// <summary>Its turn is over.</summary>
    public void EndProgress()
    {
        lock (_gate) _progressQueued = false;
    }
}
