using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>How the configuration files stand towards what runs.</summary>
internal sealed record ConfigurationView
{
    public required ConfigurationState State { get; init; }

    /// <summary>They are what runs, or can be applied, and no last good ones run in their place.</summary>
    public required bool Ok { get; init; }

    /// <summary>What there is to know and to do about it; absent where they are what runs.</summary>
    public string? Remark { get; init; }

    /// <summary>Since when the files that run are the last good ones; absent where they are not.</summary>
    public DateTimeOffset? LastGoodSince { get; init; }

    public static ConfigurationView Of(ConfigurationStatus status) => new()
    {
        State = status.State,
        Ok = status is { IsWell: true, LastGoodSince: null },
        Remark = status.Remark,
        LastGoodSince = status.LastGoodSince,
    };
}
