namespace BridgeFramework.Runtime.Tests;

/// <summary>
/// The fewest operations that bring the hub to what the channels say, where nothing goes wrong: counted for each sub-device from what the
/// hub was told on this connection and where it should be. It knows nothing of how the reconciler gets there.
/// </summary>
internal sealed class SubDeviceOracle(bool hasSecret, bool isBound)
{
    private enum Told
    {
        Nothing,
        Online,
        Offline,
        NotBound,
        NewlyBound,
    }

    private bool _isBound = isBound;
    private bool _unboundThere;
    private Told _told;
    private string? _versionTold;

    public bool IsPresent { get; set; }

    public bool IsOnline => _told == Told.Online;

    /// <summary>What its driver says; null for one that says nothing.</summary>
    public string? Version { get; set; }

    public void NewConnection() => (_told, _versionTold) = (Told.Nothing, null);

    public void Change(bool isBound)
    {
        _unboundThere = !isBound;
        if (!isBound) _versionTold = null;
        _told = !isBound ? Told.NotBound : _told == Told.NotBound ? Told.NewlyBound : _told;
        _isBound = isBound;
    }

    /// <summary>Operations from here to where it should be, all of them accepted.</summary>
    public int Settle() => IsPresent ? BringOnline() : TakeOffline();

    /// <summary>Versions that are reported once it is where it should be.</summary>
    public int SettleVersion()
    {
        if (!IsOnline || Version is null || Version == _versionTold) return 0;
        _versionTold = Version;
        return 1;
    }

    private int BringOnline()
    {
        int asked = 0;
        if (_told == Told.Online) return 0;
        if (!_isBound)
        {
            // One to be told that it is not bound, unless that is known; one to bind it, if we may.
            if (_told == Told.Nothing) asked++;
            _told = Told.NotBound;
            if (!hasSecret || _unboundThere) return asked;
            asked++;
            _isBound = true;
        }

        (_told, _unboundThere) = (Told.Online, false);
        return asked + 1;
    }

    private int TakeOffline()
    {
        if (_told is Told.Offline or Told.NotBound or Told.NewlyBound) return 0;
        _told = _isBound ? Told.Offline : Told.NotBound;
        if (_isBound) _unboundThere = false;
        return 1;
    }
}
