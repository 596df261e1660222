namespace BridgeFramework.SwapTest;

/// <summary>What all three runs are told on the command line; <c>--help</c> says what each means.</summary>
internal sealed record SwapTestOptions
{
    public required int Seed { get; init; }
    public required TimeSpan Trial { get; init; }
    public required string Bridge { get; init; }
    public required bool Keep { get; init; }
    public required bool Verbose { get; init; }

    /// <summary>A sentence when a value makes no sense.</summary>
    public string? Fault => this switch
    {
        { Trial: var trial } when trial < TimeSpan.FromSeconds(1) || trial > TimeSpan.FromHours(1) => "--trial-seconds is 1 to 3600.",
        _ when !File.Exists(Bridge) => $"There is no {Bridge}: build core/Gateway, or name another with --bridge.",
        _ => null,
    };
}
