namespace BridgeFramework.Runtime;

/// <summary>The hub as the updates see it.</summary>
/// <param name="Reporter">Tells it how updates go.</param>
/// <param name="ReportVersionAgain">Has the version of a device reported once more, so that the hub says again what it wants.</param>
/// <param name="VersionSeen">Told which version a device was seen to run.</param>
/// <param name="UntilOnline">Completes at once while it can be reached.</param>
internal sealed record UpdateHub(
    FirmwareReporter Reporter, Action<SubDeviceId> ReportVersionAgain, Action<SubDeviceId, string> VersionSeen, Func<CancellationToken, Task> UntilOnline);
