using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What the updates of all devices of a gateway share.</summary>
/// <param name="Settings">The bounds.</param>
/// <param name="Records">Where they are written down.</param>
/// <param name="Images">Where images come from.</param>
/// <param name="Turns">Who may hand over.</param>
/// <param name="Hub">The hub, which gives the tasks and hears how they go.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record UpdateSurroundings(
    FirmwareSettings Settings, UpdateRecords Records, ImageFetches Images, UpdateTurns Turns, UpdateHub Hub, TimeProvider Time,
        ILogger Logger);
