namespace BridgeFramework.DeviceSimulators;

/// <summary>One simulated device behind the slave's address: four tables, identification, values that live.
/// Safe to use from any thread.</summary>
public sealed class ModbusUnit
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly List<Action<ModbusUnit, TimeSpan>> _live = [];
    private readonly SortedDictionary<byte, string> _identification = [];
    private bool _refreshing;

    internal ModbusUnit(byte id, TimeProvider time)
    {
        (Id, _time, _started) = (id, time, time.GetTimestamp());
        (Coils, DiscreteInputs) = (new BitTable(this), new BitTable(this));
        (Input, Holding) = (new RegisterTable(this), new RegisterTable(this));
    }

    /// <summary>The unit id.</summary>
    public byte Id { get; }

    /// <summary>Function codes 01, 05 and 0F.</summary>
    public BitTable Coils { get; }

    /// <summary>Function code 02.</summary>
    public BitTable DiscreteInputs { get; }

    /// <summary>Function code 04.</summary>
    public RegisterTable Input { get; }

    /// <summary>Function codes 03, 06, 10, 16 and 17.</summary>
    public RegisterTable Holding { get; }

    /// <summary>What function code 15 writes, and the control window that governs it; null for a unit that takes no firmware.</summary>
    public FirmwareSlot? Firmware { get; private set; }

    internal Lock Lock { get; } = new();

    /// <summary>Requests for this unit are left without an answer, as when it is switched off. The other units go on.</summary>
    public bool PoweredOff { get; set; }

    /// <summary>Lets the unit be given firmware. Registers of its window are no other values' any more.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">It can be already.</exception>
    public FirmwareSlot AddFirmware(FirmwareOptions options)
    {
        if (options.FindMistake() is { } mistake) throw new ArgumentException($"{mistake}.", nameof(options));
        lock (Lock)
        {
            if (Firmware is not null) throw new InvalidOperationException($"Unit {Id} takes firmware already.");
            return Firmware = new FirmwareSlot(options, Lock, _time);
        }
    }

    /// <summary>Adds values that depend on time.</summary>
    /// <param name="update">
    /// Sets them for a time since the unit was added. Runs once now, so that they exist, and again ahead of every
    /// request and every read through a table, under the unit's lock: it must be quick and touch this unit only.
    /// What a master writes to such a value is gone with the next update.
    /// </param>
    public void Live(Action<ModbusUnit, TimeSpan> update)
    {
        lock (Lock)
        {
            update(this, _time.GetElapsedTime(_started));
            _live.Add(update);
        }
    }

    /// <summary>Sets an object of the device identification that function code 2B/0E reads.</summary>
    /// <param name="objectId">00 vendor, 01 product code, 02 revision, 03..06 as the specification says, 80..FF private.</param>
    /// <param name="value">At most 244 characters of Latin-1, so that one object always fits an answer.</param>
    public void Identify(byte objectId, string value)
    {
        if (value.Length > 244)
            throw new ArgumentException($"The text has {value.Length} characters; an answer holds 244.", nameof(value));
        lock (Lock) _identification[objectId] = value;
    }

    /// <summary>The identification in the order of object ids. The caller holds the lock.</summary>
    internal IReadOnlyDictionary<byte, string> Identification => _identification;

    /// <summary>Brings the live values up to the present. The caller holds the lock.</summary>
    internal void Refresh()
    {
        // An update may itself read a table.
        if (_refreshing) return;
        _refreshing = true;
        try
        {
            var elapsed = _time.GetElapsedTime(_started);
            foreach (var update in _live) update(this, elapsed);
        }
        finally
        {
            _refreshing = false;
        }
    }
}
