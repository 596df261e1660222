using System.Net.Sockets;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Gateway;

/// <summary>The Unix domain socket in the data folder, on which a running gateway is seen and steered. Only
/// its owner can connect.</summary>
internal static class AdminSocket
{
    private const string FileName = "bridge.sock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What the systems allow: 108 bytes on Linux, 104 elsewhere, a zero at the end included.</summary>
    private static readonly int MaxPathBytes = OperatingSystem.IsLinux() ? 107 : 103;

    /// <exception cref="IOException">The path is longer than a socket's may be.</exception>
    public static string PathIn(string dataFolder)
    {
        string path = Path.Combine(dataFolder, FileName);
        int length = Encoding.UTF8.GetByteCount(path);
        return length <= MaxPathBytes
            ? path
            : throw new IOException($"the path of its socket, {path}, has {length} bytes and the system allows {MaxPathBytes}: choose a "
                + "shorter 'data.folder'.");
    }

    /// <summary>Binds the socket, in place of one that a dead process left behind.</summary>
    /// <param name="endPoint">Where; the data folder is claimed by the caller, so that nobody binds here meanwhile.</param>
    /// <returns>A bound socket that does not yet listen: nobody connects before the file is its owner's alone.</returns>
    /// <exception cref="IOException">Somebody answers there, or a folder is.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        if (IsAnswered(endPoint))
            throw new IOException($"somebody answers on {path} already: a gateway of another version may be running. Stop it first.");
        if (LocalDisk.Instance.Find(path) is { Kind: EntryKind.Folder })
            throw new IOException($"{path} is a folder, and the gateway's socket belongs there: remove it.");
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
#pragma warning disable RS0030 // A socket has no other way. Nobody can connect yet: it does not listen.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
#pragma warning restore RS0030
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsAnswered(UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(endPoint.ToString())) return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
