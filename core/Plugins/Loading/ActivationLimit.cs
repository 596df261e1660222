using System.Globalization;

namespace BridgeFramework.Plugins;

/// <summary>How long a plugin may take to say which drivers it has: by what it computes, not by what the machine has to do
/// beside it.</summary>
internal static class ActivationLimit
{
    /// <summary>Processor time of its thread. Registering drivers takes some milliseconds, most of it compiling code.</summary>
    public static readonly TimeSpan Computing = TimeSpan.FromSeconds(5);

    /// <summary>Time altogether: a machine that cannot do it in this time is in trouble, or the plugin waits for something.</summary>
    public static readonly TimeSpan Altogether = TimeSpan.FromSeconds(120);

    /// <summary>What has not computed so much has waited.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(1);

    /// <summary>Says whether its time is up.</summary>
    /// <param name="step">What it is doing, in words.</param>
    /// <param name="passed">How long it has taken.</param>
    /// <param name="computed">How much of that its thread has had of the processor; <see langword="null"/> where that is not known.</param>
    /// <returns>The refusal; <see langword="null"/> while it has time.</returns>
    public static PluginRejectedException? Judge(string step, TimeSpan passed, TimeSpan? computed)
    {
        if (computed >= Computing)
            return new PluginRejectedException(
                $"{step} did not return within {Computing.TotalSeconds:0} s of processor time",
                "do no work there but registering drivers. This build is not tried again by itself")
            { KeepsProcessor = true };
        if (passed < Altogether) return null;
        string late = $"{step} did not return within {Altogether.TotalSeconds:0} s";
        return computed < Little
            ? Late(
                string.Create(CultureInfo.InvariantCulture, $"{late}, of which its thread had {computed.Value.TotalSeconds:0.##} s of the "
                    + $"processor"),
                "see what else keeps this machine or its disk busy; if nothing does, the plugin waits for something there")
            : Late(late, "do no I/O and no waiting there");
    }

    private static PluginRejectedException Late(string reason, string remedy) => new(reason, remedy) { MayPass = true };
}
