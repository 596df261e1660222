namespace BridgeFramework.Configuration;

/// <summary>Which of the values that a driver reports of a point go to the cloud.</summary>
/// <remarks>
/// A change of quality always goes, at once. A value of text, bytes or a boolean has no dead-band: it has changed when it is another.
/// </remarks>
public sealed record ReportSettings
{
    /// <summary>In the unit of the point, 0 or more: a number has changed when it is more than this away from the last one sent.</summary>
    public double? Deadband { get; init; }

    /// <summary>As <see cref="Deadband"/>, in percent of the last value sent, 0 to 100. Beside
    /// <see cref="Deadband"/> the wider one counts.</summary>
    public double? DeadbandPercent { get; init; }

    /// <summary>The least time between two values, 10 ms to 1 day; the newest of those in between goes when it is over.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>A value that is reported goes, changed or not, when the last one sent is this old; 10 ms to 30 days.</summary>
    public TimeSpan? MaxInterval { get; init; }

    /// <summary>Whether only changes go; <see langword="null"/> for "if there is a dead-band or a <see cref="MaxInterval"/>", see
    /// <see cref="ChangesOnly"/>.</summary>
    public bool? OnChange { get; init; }

    /// <summary>Whether only changes go, the default applied.</summary>
    public bool ChangesOnly => OnChange ?? (Deadband is not null || DeadbandPercent is not null || MaxInterval is not null);
}
