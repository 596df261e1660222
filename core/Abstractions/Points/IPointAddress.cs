namespace BridgeFramework;

/// <summary>A point's <c>at</c> that knows what can be done there. A driver's own record implements it where that is known before any
/// device is asked.</summary>
public interface IPointAddress
{
    /// <summary>What is possible. <see cref="PointAccess.Read"/>: it cannot be written, <see cref="PointAccess.Write"/>: it cannot be
    /// read. A configuration that wants more has a mistake.</summary>
    /// <remarks>Called when a configuration is checked, on any thread. Implement it explicitly, so that it is no setting.</remarks>
    PointAccess PossibleAccess { get; }
}
