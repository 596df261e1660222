using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// The firmware of a unit: takes an image that is written as file records and governed through a control window, checks
/// and starts it. Its masters see it through <see cref="ModbusUnit"/>. Safe to use from any thread.
/// </summary>
public sealed class FirmwareSlot
{
    private readonly Lock _lock;
    private readonly TimeProvider _time;
    private readonly FirmwareOptions _options;
    private string _version;
    private FirmwareFault _fault;
    private FirmwareSlotState _state;
    private FirmwareSlotError _error;
    private ImageStore? _store;
    private ImageStore? _started;
    private int _blocks;
    private int _prepared;
    private int _aborted;
    private int _starts;
    private (long Since, TimeSpan Length)? _work;
    private (long Since, TimeSpan Length)? _silence;

    internal FirmwareSlot(FirmwareOptions options, Lock unitLock, TimeProvider time)
    {
        (_options, _lock, _time) = (options, unitLock, time);
        (_version, _fault) = (options.Version, options.Fault ?? new FirmwareFault());
    }

    /// <summary>The version that it runs.</summary>
    public string Version
    {
        get { lock (_lock) return _version; }
    }

    /// <summary>What it does about its firmware.</summary>
    public FirmwareSlotState State
    {
        get
        {
            lock (_lock)
            {
                Advance();
                return _state;
            }
        }
    }

    /// <summary>The last error.</summary>
    public FirmwareSlotError Error
    {
        get { lock (_lock) return _error; }
    }

    /// <summary>The image that it was told to start last; empty before.</summary>
    public ReadOnlyMemory<byte> Image
    {
        get { lock (_lock) return _started?.Image ?? default; }
    }

    /// <summary>How many bytes of the present image it has received without a gap.</summary>
    public long Received
    {
        get { lock (_lock) return _store?.Received ?? 0; }
    }

    /// <summary>How many blocks have come since an image was announced, those that came twice included.</summary>
    public int Blocks
    {
        get { lock (_lock) return _blocks; }
    }

    /// <summary>How often an image was announced.</summary>
    public int Announcements
    {
        get { lock (_lock) return _prepared; }
    }

    /// <summary>How often it was told to start an image.</summary>
    public int Starts
    {
        get { lock (_lock) return _starts; }
    }

    /// <summary>How often it was told to give up.</summary>
    public int Aborts
    {
        get { lock (_lock) return _aborted; }
    }

    /// <summary>What goes wrong.</summary>
    public FirmwareFault Fault
    {
        get { lock (_lock) return _fault; }
        set { lock (_lock) _fault = value; }
    }

    /// <summary>Whether nobody answers for the unit now. The caller holds the unit's lock.</summary>
    internal bool IsSilent
    {
        get
        {
            Advance();
            return _silence is not null || (_state == FirmwareSlotState.Erasing && _fault.SilentWhileErasing);
        }
    }

    /// <summary>Whether every request is answered with exception 06 now. The caller holds the unit's lock.</summary>
    internal bool IsBusy => _state == FirmwareSlotState.Erasing && _fault.BusyWhileErasing;

    internal int Window => _options.Window;

    /// <summary>Reads registers of the window. The caller holds the unit's lock.</summary>
    internal bool TryRead(int address, Span<byte> destination)
    {
        Advance();
        return ControlWindow.TryRead(_options, address, destination, _state, _error, _store?.Received ?? 0, _version);
    }

    /// <summary>Takes registers written to the window, which begin at its first one. The caller holds the unit's lock.</summary>
    internal Outcome Command(int answerLength, ReadOnlySpan<byte> registers)
    {
        Advance();
        int command = ControlWindow.CommandOf(registers);
        if (command == ControlWindow.Abort) return Abort(answerLength);
        if (_state is FirmwareSlotState.Erasing or FirmwareSlotState.Verifying) return ModbusExceptionCode.ServerDeviceBusy;
        switch (command)
        {
            case ControlWindow.Prepare when ControlWindow.TryReadAnnouncement(registers, out var announced):
                Prepare(announced);
                return answerLength;
            case ControlWindow.Verify when _state == FirmwareSlotState.Receiving:
                (_state, _work) = (FirmwareSlotState.Verifying, From(_options.VerifySeconds));
                return answerLength;
            case ControlWindow.Verify when _state == FirmwareSlotState.Ready:
                return answerLength;
            case ControlWindow.Activate when _state == FirmwareSlotState.Ready && _store is not null:
                _started = _store;
                _starts++;
                if (!_fault.StaysOld) _version = _store.Announced.Version;
                Reboot();
                return answerLength;
            default:
                _error = FirmwareSlotError.NotPermitted;
                return ModbusExceptionCode.IllegalDataValue;
        }
    }

    /// <summary>Takes the groups of a request that writes file records: all or none. The caller holds the unit's lock.</summary>
    internal Outcome Write(ReadOnlySpan<byte> request)
    {
        Advance();
        if (!FileRecords.IsWellFormed(request)) return ModbusExceptionCode.IllegalDataValue;
        if (_state is FirmwareSlotState.Erasing or FirmwareSlotState.Verifying) return ModbusExceptionCode.ServerDeviceBusy;
        if (_state != FirmwareSlotState.Receiving || _store is null) return ModbusExceptionCode.ServerDeviceFailure;
        int block = ++_blocks;
        if (Happens(block)) return 0;
        foreach (var record in FileRecords.Of(request))
        {
            if (record.Data.Length > 2 * _options.LargestBlock) return ModbusExceptionCode.IllegalDataValue;
            if (!TryFind(record, _store.Announced, out long word)) return ModbusExceptionCode.IllegalDataAddress;
            if (!_store.Takes(word, record.Data)) return ModbusExceptionCode.ServerDeviceFailure;
        }

        foreach (var record in FileRecords.Of(request))
            if (TryFind(record, _store.Announced, out long word)) _store.Write(word, record.Data);
        if (block != _fault.DropsAnswerOfBlock) return request.Length;
        _fault = _fault with { DropsAnswerOfBlock = null };
        return 0;
    }

    private static bool TryFind(in FileRecord record, Announcement announced, out long word)
    {
        word = ((long)(record.File - announced.FirstFile) * FileRecords.PerFile) + record.Record;
        return record.File >= announced.FirstFile
            && record.Record + (record.Data.Length / 2) <= FileRecords.PerFile
            && word + (record.Data.Length / 2) <= announced.Words;
    }

    private Outcome Abort(int answerLength)
    {
        _aborted++;
        (_state, _error, _store, _work) = (FirmwareSlotState.Idle, FirmwareSlotError.None, null, null);
        return answerLength;
    }

    private void Prepare(Announcement announced)
    {
        (_store, _blocks, _error) = (null, 0, FirmwareSlotError.None);
        _prepared++;
        if (announced.Size is 0 || announced.Size > 1024L * _options.LargestImageKib) Fail(FirmwareSlotError.Size);
        else if (_fault.AtPrepare is { } error) Fail(error);
        else (_state, _store, _work) = (FirmwareSlotState.Erasing, new ImageStore(announced), From(_options.EraseSeconds));
    }

    /// <summary>Plays the faults that keep a block from being taken.</summary>
    private bool Happens(int block)
    {
        if (block == _fault.LosesPowerAtBlock)
        {
            _fault = _fault with { LosesPowerAtBlock = null };
            Reboot();
            return true;
        }

        if (block != _fault.SilentAtBlock) return false;
        _silence = From(_fault.SilentSeconds);
        _fault = _fault with { SilentAtBlock = null };
        return true;
    }

    private void Reboot()
    {
        (_state, _error, _store, _work) = (FirmwareSlotState.Idle, FirmwareSlotError.None, null, null);
        _silence = From(_options.RebootSeconds);
    }

    private void Fail(FirmwareSlotError error) => (_state, _error, _work) = (FirmwareSlotState.Failed, error, null);

    /// <summary>Does what is due by now.</summary>
    private void Advance()
    {
        if (IsOver(_silence)) _silence = null;
        if (!IsOver(_work)) return;
        _work = null;
        if (_state == FirmwareSlotState.Erasing) _state = FirmwareSlotState.Receiving;
        else if (_state == FirmwareSlotState.Verifying) Verify();
    }

    private void Verify()
    {
        if (_store is not { IsComplete: true }) Fail(FirmwareSlotError.Gap);
        else if (_fault.AtVerify is { } error) Fail(error);
        else if (_store.Crc != _store.Announced.Crc) Fail(FirmwareSlotError.Crc);
        else _state = FirmwareSlotState.Ready;
    }

    private (long Since, TimeSpan Length) From(double seconds) => (_time.GetTimestamp(), TimeSpan.FromSeconds(seconds));

    private bool IsOver([NotNullWhen(true)] (long Since, TimeSpan Length)? span) =>
        span is { } until && _time.GetElapsedTime(until.Since) >= until.Length;
}
