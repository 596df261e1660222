using System.Collections.Frozen;

namespace BridgeFramework.Plugins;

/// <summary>Which builds of plugins a gateway may run. Immutable, safe to use from any thread.</summary>
public sealed class PluginTrust
{
    private readonly FrozenSet<string>? _allowed;

    private PluginTrust(FrozenSet<string>? allowed) => _allowed = allowed;

    /// <summary>Every plugin that is in the plugin folder.</summary>
    public static PluginTrust Any { get; } = new(allowed: null);

    /// <summary>Only the builds with the given digests; none where there are none.</summary>
    /// <param name="digests">Each a <see cref="PluginManifest.Digest"/>.</param>
    /// <returns>The trust.</returns>
    public static PluginTrust Only(IEnumerable<string> digests) => new(digests.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Whether this very build may run.</summary>
    /// <param name="digest">A <see cref="PluginManifest.Digest"/>.</param>
    /// <returns><see langword="false"/> when there is an allow-list without it.</returns>
    public bool Allows(string digest) => _allowed?.Contains(digest) ?? true;

    /// <summary>Gives <c>any</c>, or the digests in order, apart by blanks.</summary>
    public override string ToString() =>
        _allowed is null ? "any" : string.Join(' ', _allowed.Order(StringComparer.Ordinal));

    /// <exception cref="PluginRejectedException">It may not run.</exception>
    internal void Check(PluginManifest manifest)
    {
        if (Allows(manifest.Digest)) return;
        throw new PluginRejectedException(
            $"{manifest} is not on the allow-list (plugins.allow)", $"add \"{manifest.Digest}\" if you trust it");
    }
}
