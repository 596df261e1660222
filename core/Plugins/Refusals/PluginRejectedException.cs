namespace BridgeFramework.Plugins;

/// <summary>A plugin is not usable, and why. Whoever looks through a plugin folder makes a <see cref="PluginFailure"/> of it.</summary>
/// <param name="reason">What is wrong, a clause that can follow "because".</param>
/// <param name="remedy">What to do, an imperative clause.</param>
/// <param name="mayBeIncomplete">See <see cref="MayBeIncomplete"/>.</param>
#pragma warning disable CA1032, RCS1194 // Both clauses are always needed; it is caught a few frames up.
public sealed class PluginRejectedException(string reason, string remedy, bool mayBeIncomplete = false) : Exception(reason)
{
    /// <summary>What is wrong, with the values concerned: a clause without a full stop.</summary>
    public string Reason => Message;

    /// <summary>What to do: an imperative clause without a full stop.</summary>
    public string Remedy => remedy;

    /// <summary>Whether a folder that is still being copied would look the same, so that it is worth looking
    /// again when it has changed.</summary>
    public bool MayBeIncomplete => mayBeIncomplete;

    /// <summary>Whether the same build may be usable later: it had no time, or the machine had none for it.</summary>
    public bool MayPass { get; init; }

    /// <summary>Whether its thread goes on computing: each further try of the same build would cost another one.</summary>
    public bool KeepsProcessor { get; init; }

    internal static PluginRejectedException Unreadable(Exception cause) => new(
        $"its files cannot be read or copied ({cause.Message.TrimEnd('.')})",
        "check the permissions and the free space, and copy the whole folder that the plugin's build made",
        mayBeIncomplete: true);

    internal static PluginRejectedException Silent(TimeSpan patience) => new(
        $"its files could not be read within {patience.TotalMinutes:0} minutes",
        "look at the file system that it is on, and copy it again");

    /// <summary>The same in words that name no folder of ours, which is gone when they are read.</summary>
    /// <param name="folder">The folder.</param>
    internal PluginRejectedException Within(string folder)
    {
        string shortened = Reason.Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        return new PluginRejectedException(shortened, Remedy, MayBeIncomplete) { MayPass = MayPass, KeepsProcessor = KeepsProcessor };
    }
}
#pragma warning restore CA1032, RCS1194
