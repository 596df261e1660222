using System.Threading.Channels;

namespace BridgeFramework.Runtime;

/// <summary>Finds out whether sub-devices that the hub suddenly does not know any more were unbound: only if two complete lists of what is
/// bound, a minute apart, lack them.</summary>
/// <param name="operations">The hub.</param>
/// <param name="time">The clock.</param>
/// <param name="gate">The lock of the sub-devices.</param>
internal sealed class UnbindInquiry(ISubDeviceOperations operations, TimeProvider time, Lock gate)
{
    /// <summary>From one list to the next.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    private readonly HashSet<TrackedSubDevice> _doubted = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A sub-device is doubted. Called under the lock.</summary>
    public void Begin(TrackedSubDevice device)
    {
        _doubted.Add(device);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Asks for lists while something is doubted, until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _wake.Reader.WaitToReadAsync(stopping))
        {
            _wake.Reader.TryRead(out _);
            while (IsNeeded())
            {
                Compare(await operations.ListAsync(stopping));
                if (IsNeeded()) await Task.Delay(Apart, time, stopping);
            }
        }
    }

    private bool IsNeeded()
    {
        lock (gate) return _doubted.Count > 0;
    }

    private void Compare(HubList? list)
    {
        var now = time.GetElapsedTime(0);
        lock (gate) _doubted.RemoveWhere(device => !device.SettleDoubt(list, now));
    }
}
