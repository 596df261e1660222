namespace BridgeFramework.Runtime;

/// <summary>When something was reported, by a clock that is right before anybody knows what time it is.</summary>
/// <param name="Boot">Which start of the machine, as <see cref="BootTimes"/> numbers them; 1 or more.</param>
/// <param name="Steady">Milliseconds since then.</param>
internal readonly record struct SampleStamp(int Boot, long Steady);
