namespace BridgeFramework.CrashTest;

/// <summary>What a run is told on the command line; <c>--help</c> says what each means.</summary>
internal sealed record CrashTestOptions
{
    public required int Kills { get; init; }
    public required int Seed { get; init; }
    public required TimeSpan Between { get; init; }
    public required TimeSpan Trouble { get; init; }
    public required TimeSpan Poll { get; init; }
    public required TimeSpan Drain { get; init; }
    public required bool PlainOnly { get; init; }
    public required string Bridge { get; init; }
    public required bool Keep { get; init; }
    public required bool Verbose { get; init; }

    /// <summary>A sentence when a value makes no sense.</summary>
    public string? Fault => this switch
    {
        { Kills: < 0 } => "--kills is 0 or more.",
        { Between: var between } when between < TimeSpan.FromSeconds(0.1) => "--seconds-between is 0.1 or more.",
        { Trouble: var trouble } when trouble < TimeSpan.Zero => "--trouble-seconds is 0 or more.",
        { Poll.TotalMilliseconds: < 10 or > 60_000 } => "--poll-milliseconds is 10 to 60000.",
        { Drain: var drain } when drain < TimeSpan.FromSeconds(1) => "--drain-seconds is 1 or more.",
        _ when !File.Exists(Bridge) => $"There is no {Bridge}: build core/Gateway, or name another with --bridge.",
        _ => null,
    };
}
