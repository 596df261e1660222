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
    private bool _parts;
    private bool _unbinds;

    public bool IsPresent { get; set; }

    /// <summary>Whether the plan names it; otherwise nobody binds it.</summary>
    public bool IsNamed { get; private set; } = true;

    /// <summary>Whether it is out of the plan, and how it stands at the hub is nobody's business.</summary>
    public bool IsUnheard { get; private set; }

    public bool IsOnline => _told == Told.Online;

    /// <summary>What its driver says; null for one that says nothing.</summary>
    public string? Version { get; set; }

    /// <summary>The plan names it.</summary>
    /// <param name="isBack">Before it had left. Otherwise it begins anew.</param>
    public void Name(bool isBack)
    {
        (IsNamed, IsUnheard, IsPresent) = (true, false, false);
        if (!isBack) NewConnection();
    }

    /// <summary>The plan names it no more, and that is all.</summary>
    public void Remove() => (IsNamed, IsUnheard, IsPresent) = (false, true, false);

    /// <summary>The plan names it no more; until it parts it stays as it is.</summary>
    public void Leave() => IsNamed = false;

    /// <summary>It is to go, for good.</summary>
    public void Part(bool unbinds) => (_parts, _unbinds) = (true, unbinds);

    /// <summary>It has something else to be bound with.</summary>
    public void ChangeSecret() => _unboundThere = false;

    public void NewConnection() => (_told, _versionTold) = (Told.Nothing, null);

    public void Change(bool isBound)
    {
        _unboundThere = !isBound;
        if (!isBound) _versionTold = null;
        _told = !isBound ? Told.NotBound : _told == Told.NotBound ? Told.NewlyBound : _told;
        _isBound = isBound;
    }

    /// <summary>Operations from here to where it should be, all of them accepted.</summary>
    public int Settle()
    {
        if (_parts) return Part();
        if (IsUnheard) return 0;
        return IsPresent ? BringOnline() : TakeOffline();
    }

    private int Part()
    {
        if (_told == Told.NewlyBound) _told = Told.Nothing; // its people do not know whether it is online
        int asked = TakeOffline();
        if (_unbinds && _isBound)
        {
            asked++;
            _isBound = false;
        }

        (_parts, IsUnheard, _told) = (false, true, Told.Nothing);
        return asked;
    }

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
            if (!hasSecret || _unboundThere || !IsNamed) return asked;
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
