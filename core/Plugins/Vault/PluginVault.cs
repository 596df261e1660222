using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>The private copies that plugins run from, several versions of each: takes dropped plugins in,
/// loads a version, removes what is not needed.</summary>
/// <param name="folder">Where the copies are, a folder for each plugin. Belongs to this gateway alone; created for the owner only.</param>
/// <param name="trust">Which builds may run.</param>
/// <param name="time">Times the deadline of a plugin's configuration.</param>
public sealed class PluginVault(string folder, PluginTrust trust, TimeProvider time)
{
    private const string Unpacked = ".unpacked-";

    /// <summary>How long a plugin may take to be read. The largest is read from a slow card in less.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly PrivateFolder _folder = new(folder);

    /// <summary>What is done about plugins that others can change; <see langword="null"/>, as by default, where that is not looked at,
    /// as somebody has named the plugin.</summary>
    public ExposurePolicy? Exposures { get; init; }

    /// <summary>Checks a plugin that was dropped, a folder or a <c>.zip</c>, without running any code of it.</summary>
    /// <param name="entry">Its path.</param>
    /// <returns>The plugin, to be kept. What was unpacked goes when it is disposed.</returns>
    /// <exception cref="PluginRejectedException">It is not usable, or not complete yet.</exception>
    public ReceivedPlugin Receive(string entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            if (Directory.Exists(entry))
            {
                var manifest = PluginVerification.Check(entry, trust).Manifest;
                return new ReceivedPlugin(manifest, entry, unpacked: null) { Exposure = ExposureOf(entry) };
            }

            if (!PluginArchive.IsNamedSo(entry))
                throw new PluginRejectedException(
                    "it is a file, and a plugin is a folder or a .zip of one", "copy the whole folder that the plugin's build made");
            return Unpack(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginRejectedException.Unreadable(e);
        }
    }

    /// <summary>Does the same on a thread of its own, and not for ever: the file system that it is on may hang.</summary>
    /// <param name="entry">Its path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plugin; <see langword="null"/> where nothing is.</returns>
    /// <exception cref="PluginRejectedException">It is not usable, or not complete yet.</exception>
    public async Task<ReceivedPlugin?> ReceiveAsync(string entry, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadingThread.RunAsync(
                () => LocalDisk.Instance.Find(entry) is null ? null : Receive(entry), late => late?.Dispose(), Patience, time,
                cancellationToken);
        }
        catch (TimeoutException)
        {
            throw PluginRejectedException.Silent(Patience);
        }
    }

    /// <summary>Makes the private copy of a plugin, or finds that it is there already.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <exception cref="PluginRejectedException">Its files changed meanwhile, or cannot be copied.</exception>
    public void Keep(ReceivedPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        PrivateCopy.Make(plugin.Folder, plugin.Manifest, _folder);
    }

    /// <summary>Does the same on a thread of its own, and not for ever.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginRejectedException">As for <see cref="Keep"/>.</exception>
    public async Task KeepAsync(ReceivedPlugin plugin, CancellationToken cancellationToken)
    {
        try
        {
            await ReadingThread.RunAsync(() => PrivateCopy.Make(plugin.Folder, plugin.Manifest, _folder), _ => { }, Patience, time,
                cancellationToken);
        }
        catch (TimeoutException)
        {
            throw PluginRejectedException.Silent(Patience);
        }
    }

    /// <summary>Loads a version that was kept, after checking its files once more, and asks it for its drivers.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="digest">The digest of its manifest.</param>
    /// <param name="origin">Where it was dropped, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="begins">Told of the plugin before any code of it runs, so that an exception of it is known to be its.</param>
    /// <returns>The plugin. Whoever asked disposes it.</returns>
    /// <exception cref="PluginRejectedException">It is not there, damaged, or its code does not do what the manifest says.</exception>
    public async Task<LoadedPlugin> LoadAsync(
        string id, string digest, string origin, CancellationToken cancellationToken, Action<LoadedPlugin>? begins = null)
    {
        string copy = PrivateCopy.Find(_folder, id, digest) ?? throw new PluginRejectedException(
            "its private copy is gone", "drop the plugin again");
        _ = ExposureOf(copy);
        var (manifest, entryPoint) = PluginVerification.Check(copy, trust);
        if (!manifest.Digest.Equals(digest, StringComparison.Ordinal))
            throw new PluginRejectedException("its private copy is another version", "drop the plugin again");
        var context = PluginContext.Create(Path.Combine(copy, manifest.Assembly));
        var plugin = new LoadedPlugin(manifest, origin, context);
        try
        {
            begins?.Invoke(plugin);
            var drivers = await new PluginActivation(context, entryPoint, time).RunAsync(cancellationToken);
            DriverPromise.Check(manifest, drivers);
            plugin.Drivers = drivers;
            return plugin;
        }
        catch (PluginRejectedException refusal)
        {
            plugin.Dispose();
            throw refusal.Within(copy);
        }
        catch
        {
            plugin.Dispose();
            throw;
        }
    }

    /// <summary>Removes the copies of a plugin but some. What cannot be removed is left for the next time.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="kept">The digests of the versions that stay; none removes all.</param>
    public void Tidy(string id, params IEnumerable<string> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        PrivateCopy.RemoveOthers(_folder, id, kept);
    }

    /// <summary>Removes what a gateway that was killed left: what was being unpacked, and copies of plugins that it did not come to know.
    /// To be called before anything is received.</summary>
    /// <remarks>Only what has the form of these: a folder that is somebody else's by mistake keeps what is in it.</remarks>
    /// <param name="known">The ids of the plugins that are known.</param>
    public void RemoveLeftovers(IEnumerable<string> known)
    {
        var names = known.ToHashSet(StringComparer.Ordinal);
        foreach (var left in PrivateCopy.ListOf(_folder).Where(left => left.Kind == EntryKind.Folder && !names.Contains(left.Name)))
        {
            if (IsUnpacked(left.Name)) PrivateCopy.Remove(_folder.Folder(left.Name));
            else PrivateCopy.RemoveOthers(_folder, left.Name, kept: []);
        }
    }

    private Exposure? ExposureOf(string plugin) => Exposures is { } policy ? PluginExposures.Check(plugin, policy) : null;

    private static bool IsUnpacked(string name) =>
        name.StartsWith(Unpacked, StringComparison.Ordinal) && Guid.TryParseExact(name.AsSpan(Unpacked.Length), "N", out _);

    private ReceivedPlugin Unpack(string archive)
    {
        trust.Check(PluginArchive.ReadManifest(archive)); // nothing is unpacked that may not run
        var exposure = ExposureOf(archive);
        var unpacked = _folder.Folder($"{Unpacked}{Guid.NewGuid():N}");
        unpacked.Make();
        try
        {
            PluginArchive.Unpack(archive, unpacked.Path);
            var manifest = PluginVerification.Check(unpacked.Path, trust).Manifest;
            return new ReceivedPlugin(manifest, unpacked.Path, unpacked) { Exposure = exposure };
        }
        catch (Exception e) when (e is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            PrivateCopy.Remove(unpacked);
            throw (e as PluginRejectedException ?? PluginRejectedException.Unreadable(e)).Within(unpacked.Path);
        }
    }
}
