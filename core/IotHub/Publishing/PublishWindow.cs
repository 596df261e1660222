namespace BridgeFramework.IotHub;

/// <summary>The publishes that the hub has not confirmed yet: at most so many at once, and none for ever.</summary>
/// <param name="size">How many; see <see cref="Resize"/>.</param>
/// <param name="deadline">How long each may keep its place.</param>
/// <param name="time">Measures it.</param>
#pragma warning disable CA1001, IDISP006 // the semaphore holds no handle, and a late PUBACK may still release it after the end
internal sealed class PublishWindow(int size, TimeSpan deadline, TimeProvider time)
#pragma warning restore CA1001, IDISP006
{
    private readonly Lock _gate = new();
    private readonly HashSet<PendingPublish> _inFlight = [];
    private readonly SemaphoreSlim _places = new(size);
    private int _size = size;
    private int _excess; // places that are taken and not to be free again
    private int _unconfirmed;

    /// <summary>Publishes past their deadline that the hub still has not confirmed. Each of them still holds a packet id.</summary>
    public int Unconfirmed => Volatile.Read(ref _unconfirmed);

    /// <summary>A hub that leaves a whole window of publishes open is no use.</summary>
    public bool IsStuck => Unconfirmed > Volatile.Read(ref _size);

    /// <summary>Completes when there is a place, which is taken then.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    /// <summary>Changes how many at once. Those in flight stay; while there are more than that, nothing new gets a place.</summary>
    public void Resize(int size)
    {
        lock (_gate)
        {
            _excess += _size - size;
            Volatile.Write(ref _size, size);
            while (_excess > 0 && _places.Wait(0)) _excess--;
            if (_excess >= 0) return;
            _places.Release(-_excess);
            _excess = 0;
        }
    }

    /// <summary>Gives back a place for which there was nothing after all.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            if (_excess > 0) _excess--;
            else _places.Release();
        }
    }

    /// <summary>A publish is about to be written, in the place that was waited for.</summary>
    public void Enter(PendingPublish item)
    {
        item.SentAt = time.GetTimestamp();
        lock (_gate) _inFlight.Add(item);
    }

    /// <summary>A publish was confirmed, or cannot be any more.</summary>
    public void Leave(PendingPublish item)
    {
        bool wasInFlight;
        lock (_gate) wasInFlight = _inFlight.Remove(item);
        if (wasInFlight) GiveBack();
        else Interlocked.Decrement(ref _unconfirmed);
    }

    /// <summary>Fails those whose deadline has passed, and frees their places.</summary>
    public void Expire()
    {
        long now = time.GetTimestamp();
        List<PendingPublish>? late = null;
        lock (_gate)
        {
            foreach (var item in _inFlight)
            {
                // A QoS 0 publish that cannot be written keeps its place: the socket is stuck, and the watchdog will see it.
                if (item.Publish.Qos > 0 && time.GetElapsedTime(item.SentAt, now) >= deadline) (late ??= []).Add(item);
            }

            foreach (var item in late ?? []) _inFlight.Remove(item);
        }

        foreach (var item in late ?? [])
        {
            Interlocked.Increment(ref _unconfirmed);
            string what = $"'{item.Publish.Topic}' ({item.Publish.Payload.Length} bytes)";
            item.Fail(new TimeoutException($"The hub did not confirm the publish to {what} within {deadline.TotalSeconds:0.#} s."));
            GiveBack();
        }
    }

    /// <summary>Those that are in flight now.</summary>
    public PendingPublish[] InFlight()
    {
        lock (_gate) return [.. _inFlight];
    }
}
