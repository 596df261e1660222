using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What a device publishes on <c>$ota/report/…</c>.</summary>
/// <param name="Version">The version in force, or of the task the progress is of.</param>
internal abstract record FirmwareReport(string Version)
{
    /// <summary>Reads a report; never throws on any input. Numbers may be texts: the official SDKs send them so.</summary>
    public static FirmwareReport? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || root.Text("type") is not { } type
                || root.Member("report") is not { } report || report.Text("version") is not { } version || !FirmwareImage.IsVersion(
                    version))
            {
                return null;
            }

            return type switch
            {
                "report_version" => new FirmwareVersionReport(version),
                "report_progress" when report.Member("progress") is { } progress => FirmwareProgressReport.Read(version, progress),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;   // InvalidOperationException: an escaped half of a surrogate pair
        }
    }
}

/// <summary>The version a device runs.</summary>
internal sealed record FirmwareVersionReport(string Version) : FirmwareReport(Version);

/// <summary>How far a device is with an upgrade.</summary>
/// <param name="Percent">0 to 100; absent in all states but downloading.</param>
internal sealed record FirmwareProgressReport(string Version, FirmwareTaskState State, int? Percent, int ResultCode, string ResultMessage)
    : FirmwareReport(Version)
{
    private const int MaxMessageLength = 256;

    public static FirmwareProgressReport? Read(string version, JsonElement progress)
    {
        FirmwareTaskState? state = progress.Text("state") switch
        {
            "downloading" => FirmwareTaskState.Downloading,
            "burning" => FirmwareTaskState.Burning,
            "done" => FirmwareTaskState.Done,
            "fail" => FirmwareTaskState.Failed,
            _ => null,
        };
        var percent = Number(progress, "percent");
        if (state is null || percent is < 0 or > 100) return null;
        string message = progress.Text("result_msg") ?? "";
        return new FirmwareProgressReport(
            version, state.Value, percent, Number(progress, "result_code") ?? 0, message[..Math.Min(message.Length, MaxMessageLength)]);
    }

    private static int? Number(JsonElement element, string name)
    {
        if (element.Text(name) is { } text) return int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : null;
        return element.Integer(name) is { } integer and >= int.MinValue and <= int.MaxValue ? (int)integer : null;
    }
}
