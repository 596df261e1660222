using System.Net;

namespace BridgeFramework.Network;

/// <summary>The addresses of a host.</summary>
/// <param name="All">At least one, in the order in which they are to be tried.</param>
/// <param name="AreRemembered">Whether they are from an earlier answer, because there is none now.</param>
public readonly record struct HostAddresses(IReadOnlyList<IPAddress> All, bool AreRemembered)
{
    /// <summary>What to add to the message of a connection that did not come about; empty where there is nothing to say.</summary>
    public string Note => AreRemembered ? $" (the name could not be looked up; the last address was {All[0]})" : "";
}
