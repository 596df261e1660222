namespace BridgeFramework.Configuration;

/// <summary>When, and by whose leave, devices are given firmware: the sub-devices of one product, or the gateway itself.</summary>
public sealed record UpdatePolicy
{
    /// <summary>Whether an operator has to approve each update before anything is done; default no.</summary>
    public bool HoldForApproval { get; init; }

    /// <summary>When images may be handed over; <see langword="null"/> (default) for at any time.</summary>
    public MaintenanceWindow? Window { get; init; }

    /// <summary>Whether a version below the one in force may be installed; default no.</summary>
    public bool AllowDowngrade { get; init; }
}
