namespace BridgeFramework.Runtime;

/// <summary>How the files of a configuration stand towards what the gateway runs.</summary>
public sealed record ConfigurationStatus
{
    /// <summary>What they are to it.</summary>
    public required ConfigurationState State { get; init; }

    /// <summary>What there is to know and to do about it, a sentence or more; <see langword="null"/> where they are what runs.</summary>
    public string? Remark { get; init; }

    /// <summary>Since when the files that run are the last good ones, in the place of files that have mistakes;
    /// <see langword="null"/> where they are not.</summary>
    public DateTimeOffset? LastGoodSince { get; init; }

    /// <summary>Whether nothing has to be done about it.</summary>
    public bool IsWell => State is ConfigurationState.InForce or ConfigurationState.Different;
}

/// <summary>What the files of a configuration are to the gateway that runs.</summary>
public enum ConfigurationState
{
    /// <summary>They are what runs.</summary>
    InForce,

    /// <summary>They say something else, and can be applied.</summary>
    Different,

    /// <summary>They say something else, were to be applied, and cannot be: a restart or a confirmation is needed.</summary>
    Refused,

    /// <summary>They have mistakes.</summary>
    Invalid,
}
