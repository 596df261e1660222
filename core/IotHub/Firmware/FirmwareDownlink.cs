using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>What came on the update topic of a device, understood.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, firmware update of devices over MQTT; captures
/// published with the official SDKs.</remarks>
public abstract record FirmwareDownlink
{
    private const int MaxDepth = 16;
    private const int Md5Digits = 32;

    private FirmwareDownlink()
    {
    }

    /// <summary>The hub has noted a version.</summary>
    /// <param name="ResultCode">0 for well.</param>
    /// <param name="Message">Its words.</param>
    public sealed record VersionNoted(int ResultCode, string Message) : FirmwareDownlink;

    /// <summary>The hub wants the device to be updated.</summary>
    /// <param name="Task">To what.</param>
    public sealed record Update(FirmwareTask Task) : FirmwareDownlink;

    /// <summary>The hub wants an update that cannot be made.</summary>
    /// <param name="Version">To this version, as far as it is one.</param>
    /// <param name="Reason">Why not.</param>
    public sealed record UnusableUpdate(string Version, string Reason) : FirmwareDownlink;

    /// <summary>Reads a payload; never throws, whatever the bytes are.</summary>
    /// <param name="payload">As received: hostile.</param>
    /// <param name="downlink">What it says, when the method returns true.</param>
    /// <param name="problem">Why it says nothing, when it returns false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out FirmwareDownlink? downlink, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = MaxDepth });
            (downlink, problem) = Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8 or UTF-16, found only when it is read.
            (downlink, problem) = (null, "not the JSON we know" + JsonMembers.PlaceOf(e));
        }

        if (downlink is null) problem ??= "not understood";
        return downlink is not null;
    }

    private static (FirmwareDownlink?, string?) Read(JsonElement root) => root.Text("type") switch
    {
        "report_version_rsp" => (new VersionNoted(Number(root, "result_code") is { } code and >= int.MinValue and <= int.MaxValue
            ? (int)code : 0, Short(root.Text("result_msg") ?? "")), null),
        "update_firmware" => ReadUpdate(root),
        null => (null, "there is no text 'type'"),
        var type => (null, $"unknown type '{Short(type)}'"),
    };

    private static (FirmwareDownlink?, string?) ReadUpdate(JsonElement root)
    {
        string? doubled = root.Doubled();
        if (string.Equals(doubled, "version", StringComparison.Ordinal)) return (null, "an update whose 'version' is there twice");
        if (root.Text("version") is not { } version || !FirmwareTask.IsVersion(version))
            return (null, $"an update whose 'version' is not 1 to {FirmwareTask.MaxVersionLength} of A-Z a-z 0-9 . _ -, "
                + "beginning with a letter or digit");
        if (doubled is not null) return Unusable($"its '{doubled}' is there twice");
        if (Number(root, "file_size") is not { } size || size < 1) return Unusable("its 'file_size' is no integer of 1 or more");
        if (root.Text("md5sum") is not { Length: Md5Digits } md5 || !md5.All(char.IsAsciiHexDigit))
            return Unusable($"its 'md5sum' is not {Md5Digits} hex digits");
        if (root.Text("url") is not { Length: <= FirmwareTask.MaxUrlLength } url || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || !IsWeb(address))
            return Unusable($"its 'url' is no http or https address of at most {FirmwareTask.MaxUrlLength} characters");
        return (new Update(new FirmwareTask { Version = version, Size = size, Md5 = md5.ToLowerInvariant(), Url = address }), null);

        (FirmwareDownlink?, string?) Unusable(string reason) => (new UnusableUpdate(version, reason), null);
    }

    private static bool IsWeb(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp;

    /// <summary>An integer, which is written as text here and there.</summary>
    private static long? Number(JsonElement element, string name)
    {
        if (element.Text(name) is not { } text) return element.Whole(name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long written) ? written : null;
    }

    private static string Short(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
