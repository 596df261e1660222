using BridgeFramework.Files;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>What somebody has put into the plugin folder.</summary>
internal static class DroppedPlugin
{
    /// <summary>Removes it. Not for ever: the file system that it is on may hang.</summary>
    /// <param name="id">The plugin, for messages.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginOrderException">It cannot be removed.</exception>
    public static async Task RemoveAsync(string id, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await OwnThread.RunAsync(new PrivateFolder(path).Delete).WaitAsync(PluginVault.Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new PluginOrderException(
                $"Plugin {id} is not removed: {path} does not answer. Look at the file system that it is on.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginOrderException($"Plugin {id} cannot be removed: {exception.Message} Check the permissions of {path}.");
        }
    }
}
