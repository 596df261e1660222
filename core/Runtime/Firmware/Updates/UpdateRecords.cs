using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The folder with the last update of each device, one file for each.</summary>
internal sealed partial class UpdateRecords(string folder, ILogger<UpdateRecords> logger)
{
    private const string Ending = ".json";
    private const long MaxLength = 64 * 1024;

    /// <summary>Reads all. A file that cannot be read is told of and counts as none: the hub says again what it wants.</summary>
    public IReadOnlyList<UpdateRecord> Read()
    {
        var records = new List<UpdateRecord>();
        foreach (var file in Files())
        {
            try
            {
                if (file.Length > MaxLength) throw new IOException($"it has {file.Length} bytes, where {MaxLength} would be many");
                var record = JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), UpdateJson.Default.UpdateRecord) ?? throw new JsonException("it holds null");
                // The name of the image's file is made of the digest.
                if (record.Task.Md5 is not { Length: 32 } md5 || !md5.All(char.IsAsciiHexDigitLower) || record.Task.Size < 1) throw new JsonException("its task is none");
                records.Add(record);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
            {
                LogUnreadable(logger, file.FullName, exception.Message);
            }
        }

        return records;
    }

    /// <summary>Writes down how an update stands from now on. Only the owner may read it: the address is signed.</summary>
    /// <exception cref="IOException">It cannot be written; then what was written before counts.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; likewise.</exception>
    public void Write(UpdateRecord record) =>
        DurableFile.Replace(Path.Combine(folder, NameOf(record.Device)), JsonSerializer.SerializeToUtf8Bytes(record, UpdateJson.Default.UpdateRecord));

    // A device's name may hold what a file's name may not.
    private static string NameOf(string device) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device)).AsSpan(0, 12)) + Ending;

    private FileInfo[] Files()
    {
        try
        {
            return new DirectoryInfo(folder).GetFiles("*" + Ending);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    [LoggerMessage(4621, LogLevel.Warning, "What {Path} says of a firmware update is lost, and the hub is asked again: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
