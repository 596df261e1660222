namespace BridgeFramework.IotHub;

internal enum LinkVerdict
{
    Alive,
    AskNow,
    Dead,
}

/// <summary>Judges whether the hub still answers.</summary>
/// <remarks>
/// The client library sends PINGREQ only when nothing else was sent for a keep-alive, so a steady publisher to a frozen hub
/// would never notice. Here everything that expects an answer is a question (PUBLISH QoS 1, SUBSCRIBE, PINGREQ); a hub that
/// leaves one open for the answer time, and says nothing else meanwhile, is dead. When nothing was answered for half a
/// keep-alive we ask with a PINGREQ. So a frozen hub is noticed within one keep-alive, and one that still talks but never
/// answers within one and a half.
/// </remarks>
internal sealed class Liveness
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _keepAlive;
    private readonly TimeSpan _answerTime;
    private long? _askedAt; // the oldest question since the last answer
    private long _heardAt;
    private long _answeredAt;

    public Liveness(TimeSpan keepAlive, TimeSpan answerTime, TimeProvider time)
    {
        _time = time;
        _keepAlive = keepAlive;
        _answerTime = answerTime < keepAlive / 2 ? answerTime : keepAlive / 2;
        _heardAt = _answeredAt = time.GetTimestamp();
    }

    public void Asked()
    {
        lock (_gate) _askedAt ??= _time.GetTimestamp();
    }

    public void Answered()
    {
        lock (_gate)
        {
            _askedAt = null;
            _heardAt = _answeredAt = _time.GetTimestamp();
        }
    }

    /// <summary>A message came: a sign of life, but no answer. A long backlog may delay the answers behind it.</summary>
    public void Heard()
    {
        lock (_gate) _heardAt = _time.GetTimestamp();
    }

    public LinkVerdict Judge()
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            if (_askedAt is not { } askedAt)
                return _time.GetElapsedTime(_answeredAt, now) >= _keepAlive / 2 ? LinkVerdict.AskNow : LinkVerdict.Alive;
            var open = _time.GetElapsedTime(askedAt, now);
            bool silent = open >= _answerTime && _time.GetElapsedTime(_heardAt, now) >= _answerTime;
            return silent || open >= _keepAlive ? LinkVerdict.Dead : LinkVerdict.Alive;
        }
    }
}
