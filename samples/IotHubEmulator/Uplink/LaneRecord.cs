namespace BridgeFramework.IotHubEmulator;

/// <summary>Follows one lane, each of its epochs apart. Its owner locks.</summary>
/// <param name="device">The sub-device.</param>
/// <param name="lane">Which of its lanes.</param>
/// <param name="samplesKept">How many samples of each epoch are kept to be compared.</param>
internal sealed class LaneRecord(HubDeviceId device, UplinkLaneKind lane, int samplesKept)
{
    public const int MaxEpochs = 16;

    private readonly List<EpochRecord> _epochs = [];
    private UplinkCounts _forgotten = new();
    private long _forgottenEpochs;

    public void Add(UplinkMessage message, long receivedAs)
    {
        var epoch = _epochs.Find(one => string.Equals(one.Epoch, message.Epoch, StringComparison.Ordinal));
        if (epoch is null)
        {
            if (_epochs.Count == MaxEpochs) ForgetOne();
            _epochs.Add(epoch = new EpochRecord(message.Epoch, samplesKept));
        }

        epoch.Add(message, receivedAs);
    }

    public UplinkLane Snapshot()
    {
        UplinkEpoch[] epochs = [.. _epochs.Select(epoch => epoch.Snapshot())];
        return new UplinkLane
        {
            Device = device,
            Lane = lane,
            Counts = UplinkCounts.Sum([_forgotten, .. epochs.Select(epoch => epoch.Counts)]),
            Epochs = epochs,
            ForgottenEpochs = _forgottenEpochs,
        };
    }

    /// <summary>The one that was heard of longest ago is the least likely to come again.</summary>
    private void ForgetOne()
    {
        int place = _epochs.IndexOf(_epochs.OrderBy(epoch => epoch.LastMessage).First());
        _forgotten = UplinkCounts.Sum([_forgotten, _epochs[place].Snapshot().Counts]);
        _forgottenEpochs++;
        _epochs.RemoveAt(place);
    }
}
