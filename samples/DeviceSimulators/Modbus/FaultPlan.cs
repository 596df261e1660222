namespace BridgeFramework.DeviceSimulators;

/// <summary>The faults in force. The oldest that concerns a request spoils it; one with a count leaves when it is used up.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<(ModbusFault Fault, int? Left)> _faults = [];

    public void Add(ModbusFault fault)
    {
        if (fault.Times is <= 0)
            throw new ArgumentOutOfRangeException(
                nameof(fault), fault.Times, "A fault happens at least once: leave Times null or set it to 1 or more.");
        if (fault.Delay < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(fault), fault.Delay, "A delay is zero or more.");
        lock (_lock) _faults.Add((fault, fault.Times));
    }

    public void Clear()
    {
        lock (_lock) _faults.Clear();
    }

    public ModbusFault? TakeFor(byte unit, byte functionCode)
    {
        lock (_lock)
        {
            int index = _faults.FindIndex(entry => entry.Fault.Concerns(unit, functionCode));
            if (index < 0) return null;
            var (fault, left) = _faults[index];
            if (left == 1) _faults.RemoveAt(index);
            else _faults[index] = (fault, left - 1);
            return fault;
        }
    }
}
