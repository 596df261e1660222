using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What the hub knows, and is to know, of the update of one device. Safe from any thread.</summary>
/// <param name="id">The device.</param>
/// <param name="isOnline">Whether the hub has it online. Must take no lock.</param>
internal sealed class DeviceNews(DeviceIdentity id, Func<bool> isOnline)
{
    private readonly Lock _gate = new();
    private UpdateNews? _end; // not confirmed yet
    private UpdateNews? _progress; // not sent yet
    private bool _endQueued;
    private bool _progressQueued;

    public DeviceIdentity Id => id;

    /// <summary>When progress was sent last, on the steady clock.</summary>
    public TimeSpan LastProgress { get; private set; } = TimeSpan.MinValue / 2;

    /// <summary>What is newest of it.</summary>
    public void Say(UpdateNews news)
    {
        lock (_gate) (_end, _progress) = (news.IsEnd ? news : null, news.IsEnd ? null : news);
    }

    /// <summary>It is not to be said any more.</summary>
    public void TakeBack(UpdateNews end)
    {
        lock (_gate)
            if (ReferenceEquals(_end, end)) _end = null;
    }

    /// <summary>Whether it is to be lined up to say how it ended.</summary>
    public bool TryQueueEnd()
    {
        lock (_gate)
        {
            if (_endQueued || !isOnline() || _end is null) return false;
            return _endQueued = true;
        }
    }

    /// <summary>Whether it is to be lined up for its progress.</summary>
    public bool TryQueueProgress()
    {
        lock (_gate)
        {
            if (_progressQueued || !isOnline() || _progress is null) return false;
            return _progressQueued = true;
        }
    }

    /// <summary>How it ended, now that its turn to say so has come.</summary>
    public UpdateNews? TakeEnd()
    {
        lock (_gate) return isOnline() ? _end : null;
    }

    /// <summary>Its turn is over.</summary>
    public void FinishEnd(UpdateNews? sent, bool isConfirmed)
    {
        lock (_gate)
        {
            _endQueued = false;
            if (!isConfirmed || sent is null) return;
            if (ReferenceEquals(_end, sent)) _end = null;
        }

        sent.Confirmed?.TrySetResult();
    }

    /// <summary>What is to be said of its progress now that its turn has come.</summary>
    public UpdateNews? TakeProgress(TimeSpan now)
    {
        lock (_gate)
        {
            if (!isOnline()) return null;
            var progress = _progress;
            if (progress is not null) LastProgress = now;
            _progress = null;
            return progress;
        }
    }

    /// <summary>Its turn is over. What was not sent is said again, unless there is something newer.</summary>
    public void FinishProgress(UpdateNews? taken, bool isSent)
    {
        lock (_gate)
        {
            _progressQueued = false;
            if (!isSent && _end is null) _progress ??= taken;
        }
    }
}
