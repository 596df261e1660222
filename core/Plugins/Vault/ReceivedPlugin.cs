using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>A plugin that was checked and not yet kept. Disposing it removes what was unpacked for it.</summary>
public sealed class ReceivedPlugin : IDisposable
{
    private readonly PrivateFolder? _unpacked;

    internal ReceivedPlugin(PluginManifest manifest, string folder, PrivateFolder? unpacked) =>
        (Manifest, Folder, _unpacked) = (manifest, folder, unpacked);

    /// <summary>What the plugin says of itself.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>Who else can change it, where it is used all the same; <see langword="null"/> for nobody.</summary>
    public Exposure? Exposure { get; internal init; }

    internal string Folder { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_unpacked is not null) PrivateCopy.Remove(_unpacked);
    }
}
