using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The folder with the last update of each device, one file for each.</summary>
internal sealed partial class UpdateRecords(PrivateFolder folder, ILogger<UpdateRecords> logger)
{
    private const string Ending = ".json";
    private const int MaxLength = 64 * 1024;

    /// <summary>Finds that of a device, if there is one. A file that cannot be read is told of and counts as none: the hub says again what
    /// it wants.</summary>
    public UpdateRecord? Find(SubDeviceId id)
    {
        var file = folder.File(NameOf(id.ToString()));
        try
        {
            if (file.TryRead(MaxLength) is not { } content) return null;
            var record = JsonSerializer.Deserialize(content, UpdateJson.Default.UpdateRecord) ?? throw new JsonException("it holds null");
            if (!string.Equals(record.Device, id.ToString(), StringComparison.Ordinal)) throw new JsonException("it is of another device");
            // The name of the image's file is made of the digest.
            if (record.Task.Md5 is not { Length: 32 } md5 || !md5.All(char.IsAsciiHexDigitLower) || record.Task.Size < 1)
                throw new JsonException("its task is none");
            return record;
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            LogUnreadable(logger, file.Path, exception.Message);
            return null;
        }
    }

    /// <summary>Writes down how an update stands from now on. Only the owner may read it: the address is signed.</summary>
    /// <exception cref="IOException">It cannot be written; then what was written before counts.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; likewise.</exception>
    public void Write(UpdateRecord record) =>
        folder.File(NameOf(record.Device)).Replace(JsonSerializer.SerializeToUtf8Bytes(record, UpdateJson.Default.UpdateRecord));

    /// <summary>Forgets that of a device. Where the disk does not let it, it is found again by a device of the same name.</summary>
    public void Delete(SubDeviceId id)
    {
        var file = folder.File(NameOf(id.ToString()));
        try
        {
            file.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(logger, file.Path, exception.Message);
        }
    }

    // A device's name may hold what a file's name may not.
    private static string NameOf(string device) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device)).AsSpan(0, 12)) + Ending;

    [LoggerMessage(4621, LogLevel.Warning, "What {Path} says of a firmware update is lost, and the hub is asked again: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(4622, LogLevel.Warning, "{Path} stays, although the gateway does not have the device any more: {Reason}")]
    private static partial void LogNotDeleted(ILogger logger, string path, string reason);
}
