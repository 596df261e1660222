using System.Globalization;
using System.Numerics;
using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>States and times as an operator says them.</summary>
internal static class Words
{
    public static string Of(HubSessionState state) => state switch
    {
        HubSessionState.Online => "online",
        HubSessionState.Connecting => "connecting",
        HubSessionState.BackingOff => "waiting to try again",
        _ => "offline",
    };

    public static string Of(ChannelState state) => state switch
    {
        ChannelState.Serving => "serving",
        ChannelState.Starting => "starting",
        ChannelState.BackingOff => "failed",
        ChannelState.WaitingForDriver => "no driver",
        ChannelState.Moving => "moving",
        _ => "stopped",
    };

    public static string Of(CloudState state) => state switch
    {
        CloudState.Online => "online",
        CloudState.Offline => "offline",
        CloudState.Unbound => "not bound",
        CloudState.Binding => "binding",
        CloudState.Bound => "bound",
        CloudState.BringingOnline => "going online",
        CloudState.TakingOffline => "going offline",
        CloudState.Unbinding => "unbinding",
        CloudState.Refused => "refused",
        _ => "unknown",
    };

    public static string Of(Presence presence) => presence switch
    {
        Presence.Present => "present",
        Presence.Absent => "absent",
        _ => "unknown",
    };

    public static string Of(PointAccess access) => access switch
    {
        PointAccess.Read => "read",
        PointAccess.Write => "write",
        _ => "read, write",
    };

    public static string Of(FirmwareStage stage) => stage switch
    {
        FirmwareStage.Preparing => "the device makes room",
        FirmwareStage.Transferring => "the image is on its way",
        FirmwareStage.Verifying => "the device checks what it got",
        _ => "the device starts the new firmware",
    };

    public static string Of(FirmwareResultCode code) => code switch
    {
        FirmwareResultCode.Success => "success",
        FirmwareResultCode.TimedOut => "the download timed out",
        FirmwareResultCode.NotFound => "there is no such file",
        FirmwareResultCode.NotAuthorized => "the signature of the address was not good any more",
        FirmwareResultCode.WrongDigest => "the file is not the one that was announced",
        _ => "the update failed",
    };

    /// <summary>A time span in its largest unit: <c>3 min</c>.</summary>
    public static string For(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => Number(Math.Max(0, span.TotalSeconds), "s"),
        { TotalMinutes: < 90 } => Number(span.TotalMinutes, "min"),
        { TotalHours: < 48 } => Number(span.TotalHours, "h"),
        _ => Number(span.TotalDays, "days"),
    };

    /// <summary>An amount of bytes in its largest unit: <c>1.5 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["KiB", "MiB", "GiB", "TiB"];
        if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        int unit = Math.Min(BitOperations.Log2((ulong)bytes) / 10, units.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1024, unit):0.#} {units[unit - 1]}");
    }

    public static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value):0} {unit}");
}
