using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What the updates of all devices of a gateway share.</summary>
/// <param name="settings">The bounds, to begin with.</param>
/// <param name="records">Where they are written down.</param>
/// <param name="images">Where images come from.</param>
/// <param name="turns">Who may hand over.</param>
/// <param name="hub">The hub, which gives the tasks and hears how they go.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class UpdateSurroundings(
    FirmwareSettings settings, UpdateRecords records, ImageFetches images, UpdateTurns turns, UpdateHub hub, TimeProvider time,
    ILogger logger)
{
    private volatile FirmwareSettings _settings = settings;

    /// <summary>The bounds that hold now.</summary>
    public FirmwareSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public UpdateRecords Records => records;
    public ImageFetches Images => images;
    public UpdateTurns Turns => turns;
    public UpdateHub Hub => hub;
    public TimeProvider Time => time;
    public ILogger Logger => logger;
}
