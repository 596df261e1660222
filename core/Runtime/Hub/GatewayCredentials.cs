using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Where a gateway has its own credentials from. Equal where a plan says the same of them, so that a session which is given the
/// same ones again does not connect anew.</summary>
internal sealed record GatewayCredentials
{
    /// <summary>Its <c>device_info.json</c>, read anew before every attempt, so that a rotated secret heals by itself.</summary>
    public required string File { get; init; }

    /// <summary>Whom the file must name.</summary>
    public required DeviceIdentity Gateway { get; init; }

    /// <summary>What the file said when the plan was made: others in it are a reason to connect anew.</summary>
    public required HubCredentials? Planned { get; init; }

    /// <summary>The secret of its product, as the file said it then.</summary>
    public required ProductSecret? PlannedProduct { get; init; }

    /// <summary>Registers it where it has no secret yet.</summary>
    public required Registration Registration { get; init; }

    /// <summary>Where the last time that the hub told is kept: a box without a clock battery starts in 1970.</summary>
    public required string ClockFloorFile { get; init; }

    /// <summary>A <see cref="HubCredentialSource"/>. A gateway that has no credentials yet is registered with the secret of its product,
    /// once.</summary>
    public async ValueTask<HubCredentials> ReadAsync(CancellationToken cancellationToken)
    {
        var info = DeviceInfoFile.Load(File);
        if (info.Gateway != Gateway)
            throw new DeviceInfoException(
                File,
                [new DeviceInfoProblem(
                    "", $"it names {info.Gateway} now, the gateway was started as {Gateway}: restart the gateway to change who it is")]);
        // Without credentials the file has a product secret, or it would not have been read.
        return info.Credentials
            ?? await Registration.With(TimeProvider.System, ClockFloorFile).ObtainAsync(Gateway, info.ProductSecret!, cancellationToken);
    }
}
