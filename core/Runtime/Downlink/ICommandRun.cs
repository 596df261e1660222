namespace BridgeFramework.Runtime;

/// <summary>A run of a channel that a command has entered. It does not make room for another one before it is left.</summary>
internal interface ICommandRun
{
    /// <summary>The points of the sub-device that are in force: configured, or described by the driver.</summary>
    IReadOnlyList<PointDefinition> Points { get; }

    /// <summary>Cancelled when the run ends.</summary>
    CancellationToken Ending { get; }

    /// <summary>Waits until the driver is not busy with an earlier command of the sub-device.</summary>
    /// <returns><see langword="false"/> when it was given up before that.</returns>
    Task<bool> UntilIdleAsync(CancellationToken cancellationToken);

    /// <summary>Has the driver write points. Never throws, and waits for it until the deadline or the end of
    /// the run and no longer.</summary>
    /// <returns>What became of each, in the order of the command.</returns>
    Task<IReadOnlyList<PointResult>> AskAsync(WritePoints command, CancellationToken deadline);

    /// <summary>The command has its outcome.</summary>
    void Leave();
}
