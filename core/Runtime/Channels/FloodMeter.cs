using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>Measures how often something comes, and says when that is more than anybody needs. Safe to use from any thread.</summary>
/// <param name="what">What comes, in the plural.</param>
/// <param name="bound">How many a second are too many.</param>
/// <param name="fate">What becomes of them: a clause.</param>
/// <param name="time">The clock.</param>
internal sealed class FloodMeter(string what, int bound, string fate, TimeProvider time)
{
    /// <summary>A burst that is over sooner is none: whoever joins a line reports all that it has.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private (DateTimeOffset Since, long SinceTimestamp)? _flood;
    private long _count; // within the present window
    private long _windowAt = time.GetTimestamp();
    private double _rate; // of the last window
    private long _total; // since the flood began

    /// <summary>One more.</summary>
    public void Count()
    {
        lock (_gate)
        {
            Roll();
            _count++;
        }
    }

    /// <summary>What there is to say of it while it lasts.</summary>
    public ChannelProblem? FindProblem()
    {
        lock (_gate)
        {
            Roll();
            if (_flood is not var (since, timestamp)) return null;
            return new ChannelProblem
            {
                What = string.Create(CultureInfo.InvariantCulture,
                    $"its driver floods the gateway with {_rate:0} {what} a second, more than {bound}, {_total} so far: {fate}"),
                Since = since,
                SinceTimestamp = timestamp,
                Remedy = "ask its devices less often, or bring a version of its plugin that does not repeat itself",
            };
        }
    }

    private void Roll()
    {
        var passed = time.GetElapsedTime(_windowAt);
        if (passed < Window) return;
        // Where nothing came for longer than a window, the one that was counted is long over.
        _rate = passed < 2 * Window ? _count / passed.TotalSeconds : 0;
        if (_rate <= bound) (_flood, _total) = (null, 0);
        else
        {
            _flood ??= (time.GetUtcNow() - passed, _windowAt);
            _total += _count;
        }

        (_count, _windowAt) = (0, time.GetTimestamp());
    }
}
