namespace BridgeFramework.Runtime;

/// <summary>The firmware version that a sub-device runs, as its driver said last, and whether the hub was
/// told it on this connection.</summary>
internal sealed class VersionInForce
{
    private string? _told;

    /// <summary>What its driver said last; <see langword="null"/> if nothing.</summary>
    public string? Said { get; set; }

    public bool IsUntold => Said is not null && !string.Equals(Said, _told, StringComparison.Ordinal);

    /// <summary>The hub is about to be told: until it confirms, nobody knows what it has.</summary>
    public void Begin() => _told = null;

    /// <summary>The hub has confirmed a version, which need not be the newest any more.</summary>
    public void Confirm(string version) => _told = version;

    /// <summary>What the hub was told counts no longer.</summary>
    public void Forget() => _told = null;
}
