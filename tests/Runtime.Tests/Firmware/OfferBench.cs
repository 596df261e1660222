using BridgeFramework.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Devices of one channel that come for their images by themselves: a test says when each comes, and moves the clock.</summary>
internal sealed class OfferBench : IAsyncDisposable
{
    /// <summary>A look at a clock within which nothing else happens.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, PulledOffer> _offers = [];

    private OfferBench()
    {
    }

    public FirmwareBench Bench { get; private set; } = null!; // StartAsync hands nothing over without one
    public WatchedTime Time { get; } = new();

    public static async Task<OfferBench> StartAsync(int devices, Action<FirmwareBench>? prepare = null)
    {
        var offers = new OfferBench();
        offers.Bench = await FirmwareBench.StartAsync(devices, bench =>
        {
            bench.Time = offers.Time;
            for (int n = 1; n <= devices; n++) offers.Follow(n, bench[n]);
            prepare?.Invoke(bench);
        });
        return offers;
    }

    /// <summary>What a device is offered now.</summary>
    public PulledOffer this[int device]
    {
        get
        {
            lock (_offers) return _offers[device];
        }
    }

    public FirmwareUpdateStatus StatusOf(int device) => Bench.StatusOf(device) ?? throw new InvalidOperationException("It has no update.");

    /// <summary>Waits until a device is in a phase.</summary>
    public Task Until(int device, UpdatePhase phase) =>
        Bench.Until($"m{device} is {phase.InWords()}", () => Bench.StatusOf(device)?.Phase == phase);

    /// <summary>Waits until a device was made so many offers, and the last one stands.</summary>
    public Task UntilOffered(int device, int times = 1) => Bench.Until(
        $"m{device} is offered, {times}", () => Bench[device].Calls == times && Bench.StatusOf(device)?.Phase == UpdatePhase.Offered);

    /// <summary>The same, while the clock goes on.</summary>
    public Task UntilLater(string what, Func<bool> holds) => Bench.Until(what, () =>
    {
        if (holds()) return true;
        Time.Advance(Moment);
        return false;
    });

    public ValueTask DisposeAsync() => Bench.DisposeAsync();

    private void Follow(int device, FakeTarget target)
    {
        (target.Channel, target.Offers, target.Concurrency) = ("zigbee", true, 64);
        target.OnUpdate = (_, progress, cancellationToken) =>
        {
            var offer = new PulledOffer(progress);
            lock (_offers) _offers[device] = offer;
            return offer.EndAsync(cancellationToken);
        };
    }
}

/// <summary>One offer, and the device that comes for it.</summary>
internal sealed class PulledOffer(IProgress<FirmwareProgress> progress)
{
    private readonly TaskCompletionSource<HandOver?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether its driver is still asked to keep it.</summary>
    public bool Stands => !_end.Task.IsCompleted && !IsWithdrawn;

    public bool IsWithdrawn { get; private set; }

    /// <summary>The device has so many bytes of it.</summary>
    public void Pull(long bytes) =>
        progress.Report(new FirmwareProgress { Stage = FirmwareStage.Transferring, BytesAcknowledged = bytes });

    /// <summary>The driver makes ready for the device.</summary>
    public void Prepare() => progress.Report(new FirmwareProgress { Stage = FirmwareStage.Preparing });

    /// <summary>The device has all of it.</summary>
    public void Complete() => _end.TrySetResult(null);

    /// <summary>Something else comes of it.</summary>
    public void End(HandOverOutcome outcome, string reason) => _end.TrySetResult(new HandOver(outcome, reason));

    public async Task<HandOver?> EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _end.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            IsWithdrawn = true;
            throw;
        }
    }
}
