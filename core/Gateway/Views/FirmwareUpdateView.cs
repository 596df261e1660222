using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>The last firmware update of one device. Where its image comes from is not in it: the address is signed.</summary>
internal sealed record FirmwareUpdateView
{
    /// <summary><c>productId/deviceName</c>, of a sub-device or of the gateway itself.</summary>
    public required string Id { get; init; }

    /// <summary>Absent for the gateway itself.</summary>
    public string? Channel { get; init; }

    /// <summary>The version it ran when the update began; absent where nobody knew.</summary>
    public string? From { get; init; }

    /// <summary>The version it is to run.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it has not failed.</summary>
    public required bool Ok { get; init; }
    public required UpdatePhase Phase { get; init; }

    /// <summary>What the device is doing; absent unless it is being given the image.</summary>
    public FirmwareStage? Stage { get; init; }

    /// <summary>Bytes of the image.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes that are there: fetched while it is downloaded, at the device while it is handed over.</summary>
    public required long Bytes { get; init; }

    /// <summary>The same in percent; absent unless bytes are on their way.</summary>
    public int? Percent { get; init; }

    /// <summary>How long the image has been offered or, from the first block on, how long the device has been at it; absent
    /// otherwise.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>How much longer that may take before the update has failed.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>When the hub ordered it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long ago that is by the clock, since an order outlives the program; never less than nothing.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>Hand-overs that failed.</summary>
    public required int Failures { get; init; }

    /// <summary>What the hub is told of its end; absent until then.</summary>
    public FirmwareResultCode? Result { get; init; }

    /// <summary>The same as the hub's number, 0 to -5.</summary>
    public int? ResultCode { get; init; }

    /// <summary>Why it failed, or what keeps it from going on.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the hub knows how it ended.</summary>
    public required bool Reported { get; init; }

    /// <summary>The version that the hub has ordered since, begun when this one has ended.</summary>
    public string? NextVersion { get; init; }

    public static FirmwareUpdateView Of(FirmwareUpdateStatus update, DateTimeOffset now)
    {
        bool hasEnded = update.Phase is UpdatePhase.Done or UpdatePhase.Failed;
        return new FirmwareUpdateView
        {
            Id = update.Id.ToString(),
            Channel = update.Channel.Length == 0 ? null : update.Channel,
            From = update.From,
            Version = update.Version,
            Ok = update.Phase != UpdatePhase.Failed,
            Phase = update.Phase,
            Stage = update.Stage,
            Size = update.Size,
            Bytes = update.Bytes,
            Percent = update.Phase is UpdatePhase.Downloading or UpdatePhase.HandingOver ? PercentOf(update.Bytes, update.Size) : null,
            Elapsed = update.Elapsed,
            Left = update.Left,
            CreatedAt = update.CreatedAt,
            Age = TimeSpan.FromTicks(Math.Max(0, (now - update.CreatedAt).Ticks)), // the clock may have been set back since
            Failures = update.Failures,
            Result = hasEnded ? update.Result : null,
            ResultCode = hasEnded ? (int)update.Result : null,
            Reason = update.Reason,
            Reported = update.IsReported,
            NextVersion = update.NextVersion,
        };
    }
    /// <summary>The part that is there, 0 to 100, rounded down: 100 is all of it and nothing less.</summary>
    internal static int PercentOf(long bytes, long size) => size <= 0 ? 0 : (int)((Int128)Math.Clamp(bytes, 0, size) * 100 / size);
}
