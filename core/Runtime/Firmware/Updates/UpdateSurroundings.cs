using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What the updates of all devices of a gateway share.</summary>
/// <param name="Settings">The bounds.</param>
/// <param name="Records">Where they are written down.</param>
/// <param name="Images">Where images come from.</param>
/// <param name="Turns">Who may hand over.</param>
/// <param name="Reporter">Who tells the hub.</param>
/// <param name="ReportVersionAgain">Has the version of a device reported once more, so that the hub says again what it wants.</param>
/// <param name="VersionSeen">Told which version a device was seen to run.</param>
/// <param name="UntilOnline">Completes at once while the hub can be reached.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record UpdateSurroundings(
    FirmwareSettings Settings,
    UpdateRecords Records,
    ImageFetches Images,
    UpdateTurns Turns,
    FirmwareReporter Reporter,
    Action<SubDeviceId> ReportVersionAgain,
    Action<SubDeviceId, string> VersionSeen,
    Func<CancellationToken, Task> UntilOnline,
    TimeProvider Time,
    ILogger Logger);
