namespace BridgeFramework.Files;

/// <summary>What the gateway does with a disk. A seam: the machine's own, or one that a test makes fail and lose its power.</summary>
/// <remarks>
/// <para>Paths are absolute. The last part of a path is never followed where it is a link. Safe to use from any thread.</para>
/// <para>Members throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the disk does not do it.</para>
/// </remarks>
public interface IDisk
{
    /// <summary>Looks at one path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What is there; <see langword="null"/> where nothing is.</returns>
    DiskEntry? Find(string path);

    /// <summary>Gives what is in a folder, in no order, while it is read: whoever stops early has read no more.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    IEnumerable<DiskEntry> List(string folder);

    /// <summary>Gives the names of what is in a folder, in no order, while it is read, and looks at none of it: something that does not
    /// answer holds up nobody who only wants to know that it is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    IEnumerable<string> Names(string folder) => List(folder).Select(entry => entry.Name);

    /// <summary>Opens a regular file, and nothing else, without waiting for anybody.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">What for.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    IDiskFile Open(string path, DiskAccess access);

    /// <summary>Gives a file or a folder another name; a file of that name is replaced. Safe once the folders
    /// of both names are synced.</summary>
    /// <param name="path">The present path.</param>
    /// <param name="newPath">The new one, on the same disk.</param>
    void Rename(string path, string newPath);

    /// <summary>Deletes a file, or whatever else is no folder; harmless where nothing is. Safe once its folder is synced.</summary>
    /// <param name="path">The path.</param>
    void Delete(string path);

    /// <summary>Makes a folder for its owner alone; harmless where there is one. Safe once the folder that it is in is synced.</summary>
    /// <param name="folder">The folder. The one that it is in exists.</param>
    void MakeFolder(string folder);

    /// <summary>Removes an empty folder. Safe once the folder that it was in is synced.</summary>
    /// <param name="folder">The folder.</param>
    void RemoveFolder(string folder);

    /// <summary>Makes sure that a power cut takes nothing of what was made, renamed or deleted in a folder so far.</summary>
    /// <param name="folder">The folder.</param>
    void SyncFolder(string folder);
}
