using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Addresses of images as the hub hands them out: signed, good for a time, as long as those of the real object storage.</summary>
/// <param name="root">Where the files are served; known once the hub has started.</param>
/// <param name="time">The clock of the hub.</param>
/// <param name="lifetime">How long an address is good.</param>
internal sealed class FirmwareUrls(Func<Uri> root, TimeProvider time, TimeSpan lifetime)
{
    public const string FromKey = "q-begin";
    public const string UntilKey = "q-end";
    public const string SignatureKey = "q-signature";

    // Addresses of the real object storage have some 350 characters, with escapes; a client with a fixed buffer shall find out here.
    private const string Ballast =
        "q-sign-algorithm=sha1&q-ak=AKIDEMULATORemulatorEMULATORemulatorEMULATOR&q-header-list=host&q-url-param-list="
        + "&response-content-disposition=attachment%3Bfilename%3Dfirmware.bin";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>An address that is good from now on for the lifetime.</summary>
    /// <remarks>The file stands at the root: the official Python SDK takes all before the last slash for the Host header.</remarks>
    public string Create(FirmwareImage image)
    {
        var now = time.GetUtcNow();
        string from = Seconds(now), until = Seconds(now + lifetime);
        return $"{root()}{image.FileName}?{Ballast}&{FromKey}={from}&{UntilKey}={until}&{SignatureKey}={Sign(image.FileName, from, until)}";
    }

    /// <summary>Whether an address was made here and has not lapsed.</summary>
    public bool IsGood(string fileName, string? from, string? until, string? signature) =>
        from is not null && until is not null && signature is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(fileName, from, until)), Encoding.UTF8.GetBytes(signature))
        && long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds();   // signed, so it is a number

    private string Sign(string fileName, string from, string until) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{fileName}\n{from}\n{until}")));

    private static string Seconds(DateTimeOffset moment) => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
