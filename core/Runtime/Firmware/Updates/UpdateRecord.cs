using System.Text.Json.Serialization;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>The last update of one device, as it is on disk.</summary>
internal sealed record UpdateRecord
{
    /// <summary><c>productId/deviceName</c>.</summary>
    public required string Device { get; init; }

    /// <summary>What the hub wants.</summary>
    public required FirmwareTask Task { get; init; }

    /// <summary>How far it is.</summary>
    public required UpdatePhase Phase { get; init; }

    /// <summary>When the hub said so.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The version in force when it began, where it was known.</summary>
    public string? From { get; init; }

    /// <summary>Whether its driver has yet to say how <see cref="From"/> and the wanted version compare: it could not be asked, or has
    /// not answered.</summary>
    public bool IsUncompared { get; init; }

    /// <summary>Whether a hand-over was begun: then the device is asked how it stands before another one is.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Hand-overs that failed.</summary>
    public int Failures { get; init; }

    /// <summary>Attempts at the device that were begun and whose end is not written down: the one that is under way, and those in
    /// whose middle the gateway ended.</summary>
    [JsonPropertyName("openTurns")] // as in records of before
    public int OpenAttempts { get; init; }

    /// <summary>How long it has been since the image was first offered, until the device came for it, times without the gateway left out;
    /// <see langword="null"/> where it never was.</summary>
    public TimeSpan? Offered { get; init; }

    /// <summary>How long it has been since the first hand-over began, times without the gateway and waits for the maintenance window left
    /// out.</summary>
    public TimeSpan Spent { get; init; }

    /// <summary>What the hub is told of a failure.</summary>
    public FirmwareResultCode Code { get; init; }

    /// <summary>Why it failed, or what keeps it from going on.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether the hub has confirmed that it knows how it ended.</summary>
    public bool IsReported { get; init; }

    /// <summary>What the hub has wanted since, and is begun when this one has ended.</summary>
    public FirmwareTask? Next { get; init; }

    /// <summary>Whether it has ended.</summary>
    [JsonIgnore]
    public bool IsFinal => Phase is UpdatePhase.Done or UpdatePhase.Failed;

    /// <summary>Whether the image is there and the device does not run it yet.</summary>
    [JsonIgnore]
    public bool IsHandOver =>
        Phase is UpdatePhase.Queued or UpdatePhase.Offered or UpdatePhase.HandingOver or UpdatePhase.Confirming;

    /// <summary>Whether it was offered, now or before, and the device has not come for it.</summary>
    [JsonIgnore]
    public bool IsOffer => Offered is not null && !HasBegun;

    /// <summary>Which bytes it needs.</summary>
    [JsonIgnore]
    public ImageKey Image => new(Task.Md5, Task.Size);
}

/// <summary>How a record is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UpdateRecord))]
internal sealed partial class UpdateJson : JsonSerializerContext;
