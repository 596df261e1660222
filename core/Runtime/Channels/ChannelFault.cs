using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Why a run of a channel ended.</summary>
/// <param name="Reason">In words, for the operator.</param>
/// <param name="IsTransient">Whether trying again may help.</param>
/// <param name="Cause">The exception where the words alone do not tell where to look.</param>
/// <param name="IsLost">Whether the driver did not end and something of it still runs.</param>
internal sealed record ChannelFault(string Reason, bool IsTransient = true, Exception? Cause = null, bool IsLost = false)
{
    public static ChannelFault Of(Exception exception) => exception switch
    {
        DriverException expected => new(expected.Message, expected.IsTransient),
        SettingsException => new(exception.Message, IsTransient: false),
        _ => new($"The driver threw {exception.GetType().Name}: {exception.Message}", Cause: exception),
    };

    public static ChannelFault Lost() =>
        new($"The driver did not end within {PluginPatience.Deadline.TotalSeconds:0} s of being told to; its thread is lost.",
            IsLost: true);
}
