namespace BridgeFramework.IotHub;

/// <summary>Tells somebody else with our identity from a bad line.</summary>
/// <remarks>
/// The hub keeps one connection for each identity and closes the older one; MQTT 3.1.1 has no way to say why. What it looks like: the hub
/// accepts us at the first attempt and closes the connection within seconds, again and again, because the other one comes back as fast as
/// we do. A bad line looks different: a carrier that resets flows lets them live for longer, and where connections end in silence or by a
/// timeout, or attempts fail between them, there was no hub that closed them. A hub that restarts often still looks the same.
/// </remarks>
internal sealed class DisplacementSign
{
    /// <summary>So many short connections are no accident.</summary>
    public const int Enough = 4;

    /// <summary>A connection that stood less is short.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(5);

    /// <summary>So close together must the short ones end.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    private readonly Queue<TimeSpan> _ends = new(); // of the last short ones
    private bool _isDisplaced;

    /// <summary>An attempt did not come to a connection.</summary>
    public void NotConnected()
    {
        _ends.Clear();
        _isDisplaced = false;
    }

    /// <summary>A connection ended.</summary>
    /// <param name="byHub">Whether the other side ended it.</param>
    /// <param name="stood">How long it was up.</param>
    /// <param name="now">Elapsed time; never goes back.</param>
    /// <returns>Whether somebody else most likely connects as we do.</returns>
    public bool Ended(bool byHub, TimeSpan stood, TimeSpan now)
    {
        if (!byHub)
        {
            NotConnected();
            return false;
        }

        if (stood >= Short)
        {
            _isDisplaced = false;
            return false;
        }

        _ends.Enqueue(now);
        if (_ends.Count > Enough) _ends.Dequeue();
        // While it goes on we wait for so long that four are not within the time any more.
        _isDisplaced |= _ends.Count == Enough && now - _ends.Peek() <= Within;
        return _isDisplaced;
    }
}
