using System.Globalization;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Who else can have written what a plugin is made of: whoever can, has his code run by the gateway.</summary>
internal static class PluginExposures
{
    /// <summary>Looks at a plugin's folder or archive, at what is in it, and at the way to it.</summary>
    /// <param name="entry">Its path.</param>
    /// <param name="policy">What is done about it.</param>
    /// <returns>What is to be said of a plugin that is used all the same; <see langword="null"/> for nothing.</returns>
    /// <exception cref="PluginRejectedException">Others can change it, and that is refused.</exception>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static Exposure? Check(string entry, ExposurePolicy policy)
    {
        var around = Exposures.Of(Path.GetDirectoryName(entry) ?? entry);
        var within = LocalDisk.Instance.Find(entry) is { Kind: EntryKind.Folder }
            ? Exposures.Within(entry, FolderWalk.Read(entry, PluginFiles.Bounds))
            : Exposures.Of(entry).Where(exposure => !around.Any(other => IsSame(exposure, other))).ToList();
        if (policy == ExposurePolicy.Refuse && First(around.Concat(within).Where(exposure => exposure.IsGrave)) is { } refused)
            throw new PluginRejectedException(refused.Reason, refused.Remedy);
        if (First(within.Where(exposure => exposure.IsGrave)) is { } grave) return grave;
        return around.Count > 0 ? null : First(within); // the folder that it is in has been spoken of
    }

    private static bool IsSame(Exposure one, Exposure other) => string.Equals(one.Path, other.Path, StringComparison.Ordinal);

    /// <summary>One that stands for all.</summary>
    private static Exposure? First(IEnumerable<Exposure> exposures) => exposures.ToList() switch
    {
        [] => null,
        [var only] => only,
        [var first, .. var others] => first with
        {
            Reason = string.Create(CultureInfo.InvariantCulture, $"{first.Reason}, and {others.Count} more like it"),
        },
    };
}
