namespace BridgeFramework.Runtime;

/// <summary>A value that a policy reports by itself: one that it held back, or one that the hub may have lost.</summary>
/// <param name="Value">The value, as the driver reported it.</param>
/// <param name="ReportedAt">When it did, in milliseconds of the clock that the policy is given: the time of
/// the sample, unless the value has its own.</param>
internal readonly record struct DueValue(PointValue Value, long ReportedAt);
