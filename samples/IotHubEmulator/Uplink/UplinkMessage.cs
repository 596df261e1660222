namespace BridgeFramework.IotHubEmulator;

/// <summary>Which of the two sequences of a sub-device a message belongs to.</summary>
public enum UplinkLaneKind
{
    /// <summary>What is sent as it happens.</summary>
    Live,

    /// <summary>What is sent later, behind the present values: <c>"backfill":true</c>.</summary>
    Backfill,
}

/// <summary>How a message is written.</summary>
public enum UplinkForm
{
    /// <summary>One set of samples with one time, names and values as members.</summary>
    Plain,

    /// <summary>Several sets of samples, names once, times as offsets.</summary>
    Compact,

    /// <summary>An event of the device.</summary>
    Event,
}

/// <summary>One numbered sample, or one event.</summary>
/// <param name="Point">Name of the point or of the event.</param>
/// <param name="Time">Milliseconds since 1970-01-01 UTC.</param>
/// <param name="IsGood">Whether it has a value.</param>
/// <param name="Value">The value as JSON, numbers as the device wrote them; the quality of a sample without a
/// good value; level and data of an event.</param>
public readonly record struct UplinkSample(string Point, long Time, bool IsGood, string Value)
{
    private const int MaxShown = 100;

    /// <summary>One readable line; a long value is cut.</summary>
    public override string ToString() =>
        $"{Point}={(IsGood ? "" : "bad ")}{(Value.Length <= MaxShown ? Value : string.Concat(Value.AsSpan(0, MaxShown), "…"))} at {Time}";
}

/// <summary>A message with numbered samples of one sub-device.</summary>
public sealed record UplinkMessage
{
    /// <summary>Number of the first sample, 1 to 2^53.</summary>
    public required long Sequence { get; init; }

    /// <summary>In which life of the gateway's outbox the numbers were given: 8 characters of <c>a-z 2-7</c>.</summary>
    public required string Epoch { get; init; }

    /// <summary>The sequence it belongs to.</summary>
    public required UplinkLaneKind Lane { get; init; }

    /// <summary>How it is written.</summary>
    public required UplinkForm Form { get; init; }

    /// <summary>The samples, one or more; the first has number <see cref="Sequence"/>, each further one 1 more.</summary>
    public required IReadOnlyList<UplinkSample> Samples { get; init; }

    /// <summary>
    /// Whether it is not known which number of the message each sample has: the plain form keeps samples with and without a value apart,
    /// whatever order they were numbered in.
    /// </summary>
    public bool IsOrderUnknown { get; init; }
}
