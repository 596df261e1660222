namespace BridgeFramework.Gateway;

/// <summary>An order that was carried out.</summary>
internal sealed record OrderView
{
    public required string Id { get; init; }
    public required string Order { get; init; }

    /// <summary>What holds now, in a sentence.</summary>
    public required string Message { get; init; }
}
