using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>Tells whether the machine has been restarted since: then what was not synced may be gone, and its
/// steady clock began anew.</summary>
public static class BootId
{
    private const int MaxLength = 256; // it has 37
    private const string Path = "/proc/sys/kernel/random/boot_id";

    /// <summary>A text that is the same until the next restart; never the same twice where the system has none.</summary>
    public static string Read()
    {
        try
        {
            if (OperatingSystem.IsLinux()) return Encoding.ASCII.GetString(NamedFile.Read(Path, MaxLength)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then every start counts as the first after a power cut.
        }

        return Guid.NewGuid().ToString();
    }
}
