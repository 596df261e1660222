using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>Copies of the stores of a plugin's channels, made before another version takes over, so that the
/// old one finds them as it left them.</summary>
/// <remarks>What a method says that it did is safe when it returns: what is written down of a trial relies on it.</remarks>
/// <param name="stores">The folder with a folder for each channel's store.</param>
/// <param name="copies">The folder for the copies, with a folder for each plugin.</param>
internal sealed class ChannelStoreCopies(PrivateFolder stores, PrivateFolder copies)
{
    /// <summary>Copies the stores as they are. Nothing may write to them meanwhile.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Save(string plugin, IEnumerable<string> channels)
    {
        Delete(plugin);
        foreach (string channel in channels) CopyFolder(stores.Folder(channel), copies.Folder(plugin).Folder(channel));
    }

    /// <summary>Puts the stores back as they were. May be repeated after a crash in the middle.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    public void Restore(string plugin, IEnumerable<string> channels)
    {
        foreach (string channel in channels)
        {
            var store = stores.Folder(channel);
            store.Delete();
            CopyFolder(copies.Folder(plugin).Folder(channel), store);
        }
    }

    /// <summary>Removes the copies; harmless where there are none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    public void Delete(string plugin) => copies.Folder(plugin).Delete();

    /// <summary>A store that does not exist has an empty copy, and the other way round.</summary>
    private static void CopyFolder(PrivateFolder from, PrivateFolder to)
    {
        to.Make();
        foreach (var entry in from.List().Where(entry => entry.Kind == EntryKind.File))
            to.Disk.Copy(from.File(entry.Name).Path, to.File(entry.Name).Path);
        to.Sync();
    }
}
