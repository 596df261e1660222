using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Who else can put plugins into a drop folder.</summary>
public static class DropFolderExposures
{
    /// <summary>Looks at the folder and the way to it; not for ever: the file system that it is on may hang.</summary>
    /// <param name="folder">Its path; it may not be there yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is found. Nothing where the folder does not answer: no plugin comes from there.</returns>
    public static async Task<IReadOnlyList<Exposure>> FindAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadingThread.RunAsync(() => Exposures.Of(folder), _ => { }, DropLook.Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return [];
        }
    }
}
