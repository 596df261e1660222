namespace BridgeFramework.IotHubEmulator;

/// <summary>The download faults still to strike. Safe from any thread.</summary>
internal sealed class DownloadFaultPlan
{
    private readonly StrikeList<DownloadFault> _faults = new();

    /// <summary>The faults left, each with the times it still strikes.</summary>
    public IReadOnlyList<DownloadFault> Pending => _faults.Pending;

    /// <exception cref="ArgumentException">A value is out of range, or there are too many faults.</exception>
    public void Add(DownloadFault fault)
    {
        int min = fault.Kind is DownloadFaultKind.Slow ? 1 : 0;
        if (fault.Bytes < min || fault.Bytes > DownloadFault.MaxBytes)
        {
            throw new ArgumentException(
                $"A {fault.Kind} fault has {min} to {DownloadFault.MaxBytes} bytes, not {fault.Bytes}.", nameof(fault));
        }

        _faults.Add(fault);
    }

    public void Clear() => _faults.Clear();

    /// <summary>Takes one strike at a download.</summary>
    public DownloadFault? TakeFor(FirmwareImage image) =>
        _faults.Take(fault => fault.Version is null || string.Equals(fault.Version, image.Version, StringComparison.Ordinal));
}
