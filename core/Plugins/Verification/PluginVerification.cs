using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>All that can be known of a dropped plugin without running any of its code.</summary>
internal static class PluginVerification
{
    /// <summary>Checks that the folder is what the build sealed, and that this gateway can run it.</summary>
    /// <param name="folder">The plugin's folder.</param>
    /// <param name="trust">Which builds may run.</param>
    /// <returns>The manifest, and the full name of the class that implements <see cref="IBridgePlugin"/>.</returns>
    /// <exception cref="PluginRejectedException">It is not; this is the only exception.</exception>
    public static VerifiedPlugin Check(string folder, PluginTrust trust)
    {
        try
        {
            // First, as it refuses links: nothing outside the folder is read.
            var files = PluginFiles.In(folder);
            var manifest = PluginManifestReader.Read(folder);
            trust.Check(manifest);
            CheckFiles(folder, files, manifest);
            OwnContract.Refuse(manifest.Files.Keys);
            NativeLibraries.Check(folder, files, NativePlatform.OfThisProcess);
            return new VerifiedPlugin(manifest, new PluginAssembly(Path.Combine(folder, manifest.Assembly)).FindEntryPoint(files));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginRejectedException.Unreadable(e);
        }
    }

    /// <summary>Checks that the folder holds the files that its manifest lists, and nothing else but what systems leave behind.</summary>
    /// <exception cref="PluginRejectedException">It does not; what may be due to an unfinished copy is said first.</exception>
    public static void CheckFiles(string folder, IReadOnlyList<string> files, PluginManifest manifest, IDisk? disk = null)
    {
        var found = files.ToHashSet(StringComparer.Ordinal);
        Refuse(
            manifest.Files.Keys.Where(file => !found.Contains(file)),
            names => new(
                $"its folder lacks {names}, which its {PluginManifest.FileName} lists", Remedies.CopyFolderAgain, mayBeIncomplete: true));
        Refuse(
            manifest.Files.Where(
                file => !PluginFiles.DigestOf(Path.Combine(folder, file.Key), disk).Equals(file.Value, StringComparison.Ordinal))
                .Select(file => file.Key),
            names => new(
                $"the content of {names} is not what its {PluginManifest.FileName} says (SHA-256)",
                $"{Remedies.CopyFolderAgain}; files are not changed after the build",
                mayBeIncomplete: true));
        Refuse(
            found.Where(file => !manifest.Files.ContainsKey(file) && !Litter.Is(file)),
            names => new($"its folder holds {names}, which its {PluginManifest.FileName} does not list",
                "remove it, or rebuild the plugin with it"));
    }

    private static void Refuse(IEnumerable<string> files, Func<string, PluginRejectedException> because)
    {
        const int MaxShown = 3;
        var wrong = files.Order(StringComparer.Ordinal).ToList();
        if (wrong.Count == 0) return;
        throw because(string.Join(", ", wrong.Take(MaxShown)) + (wrong.Count > MaxShown ? $" and {wrong.Count - MaxShown} more" : ""));
    }
}

/// <summary>A plugin that may be loaded.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="EntryPoint">The full name of its class that implements <see cref="IBridgePlugin"/>.</param>
internal sealed record VerifiedPlugin(PluginManifest Manifest, string EntryPoint);
