namespace BridgeFramework.Files;

/// <summary>Finds out whether others than root and the user of this process can change what the process goes by. On Linux; elsewhere
/// nothing is found.</summary>
/// <remarks>Whoever may rename in a folder decides what is found in it, so every folder on the way is judged, and where the way goes by
/// links, what they lead to and the way there.</remarks>
public static class Exposures
{
    /// <summary>Judges a file or folder, and the way to it. Where nothing is there yet, the way as far as it goes.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isFilledByUs">Whether it is a folder that this process alone is to fill: others must not even be able to add names
    /// to it, as they can to a folder with the sticky bit.</param>
    public static IReadOnlyList<Exposure> Of(string path, bool isFilledByUs = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OperatingSystem.IsLinux() ? Judge().Judge(PathChain.Of(path), isFilledByUs) : [];
    }

    /// <summary>Judges a file that is being read, and the way to it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="opened">The open file.</param>
    public static IReadOnlyList<Exposure> Of(string path, FileStream opened)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(opened);
        return OperatingSystem.IsLinux() ? Judge().Judge(PathChain.Of(path, opened.SafeFileHandle)) : [];
    }

    /// <summary>Judges what is in a folder, and not the way to it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="content">What is in it.</param>
    public static IReadOnlyList<Exposure> Within(string folder, FolderContent content)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(content);
        if (!OperatingSystem.IsLinux()) return [];
        var folders = content.Folders.Select(found => StepOf(folder, found.Path, EntryKind.Folder, found.Access));
        var files = content.Files.Select(found => StepOf(folder, found.Path, EntryKind.File, found.Access));
        return Judge().JudgeContent(folder, folders.Concat(files).OfType<PathStep>());
    }

    /// <summary>A number that is another one when somebody changes who may write on the way to something.</summary>
    /// <param name="path">Its path.</param>
    public static int Stamp(string path)
    {
        var hash = new HashCode();
        foreach (var step in PathChain.Of(path).Steps) hash.Add(step);
        return hash.ToHashCode();
    }

    private static ExposureJudge Judge() => new(LibC.User(), new UserNames().Find);

    private static PathStep? StepOf(string folder, string path, EntryKind kind, EntryAccess? access) => access is { } known
        ? new PathStep(path.Length == 0 ? folder : Path.Combine(folder, path), kind, known) : null;
}
