namespace BridgeFramework.Gateway;

/// <summary>The terminal that the program belongs to; a service has none.</summary>
internal static class ControllingTerminal
{
    private const string Device = "/dev/tty";

    /// <summary>Whether it is there: the system gives it to whoever belongs to one, and to nobody once it has been hung up.</summary>
    public static bool IsThere()
    {
        try
        {
#pragma warning disable RS0030 // A device, which is no regular file; nothing is read.
            using var terminal = File.OpenHandle(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
#pragma warning restore RS0030
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
