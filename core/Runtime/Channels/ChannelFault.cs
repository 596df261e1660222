using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Why a run of a channel ended.</summary>
/// <param name="Reason">In words, for the operator.</param>
/// <param name="IsTransient">Whether trying again may help.</param>
/// <param name="Cause">The exception where the words alone do not tell where to look.</param>
internal sealed record ChannelFault(string Reason, bool IsTransient = true, Exception? Cause = null)
{
    public static ChannelFault Of(Exception exception) => exception switch
    {
        DriverException expected => new(expected.Message, expected.IsTransient),
        SettingsException => new(exception.Message, IsTransient: false),
        TimeoutException => new("The driver did not come up in time."),
        _ => new($"The driver threw {exception.GetType().Name}: {exception.Message}", Cause: exception),
    };
}
