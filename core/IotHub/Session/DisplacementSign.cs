namespace BridgeFramework.IotHub;

/// <summary>Tells somebody else with our identity from a bad line.</summary>
/// <remarks>
/// The hub keeps one connection for each identity and closes the older one; MQTT 3.1.1 has no way to say why. What it looks
/// like: the hub accepts us at the first attempt and closes the connection soon after, again and again. A flapping mobile link
/// looks different: connections end in silence or by a timeout, and attempts fail between them. So one such end, and one failed
/// attempt, starts the count anew. A hub that restarts often, or a carrier that resets every connection, still looks the same.
/// </remarks>
internal sealed class DisplacementSign(TimeSpan shortLived)
{
    /// <summary>So many short connections in a row are no accident.</summary>
    public const int Enough = 4;

    /// <summary>How many there were in a row.</summary>
    public int Count { get; private set; }

    /// <summary>An attempt did not come to a connection.</summary>
    public void NotConnected() => Count = 0;

    /// <summary>A connection ended.</summary>
    /// <param name="byHub">Whether the other side ended it.</param>
    /// <param name="stood">How long it was up.</param>
    /// <returns>Whether somebody else most likely connects as we do.</returns>
    public bool Ended(bool byHub, TimeSpan stood)
    {
        Count = byHub && stood < shortLived ? Count + 1 : 0;
        return Count >= Enough;
    }
}
