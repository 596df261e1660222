namespace BridgeFramework.UpdateTest;

/// <summary>What all runs are told on the command line; <c>--help</c> says what each means.</summary>
internal sealed record UpdateTestOptions
{
    public required int Seed { get; init; }
    public required string Bridge { get; init; }
    public required bool Keep { get; init; }
    public required bool Verbose { get; init; }

    /// <summary>A sentence when a value makes no sense.</summary>
    public string? Fault => File.Exists(Bridge) ? null : $"There is no {Bridge}: build core/Gateway, or name another with --bridge.";
}
