namespace BridgeFramework.Runtime;

/// <summary>What is still done when the process is about to end: on a thread of its own, and not waited for longer than a moment. Whoever
/// keeps the disk or reads no log does not keep the end.</summary>
internal static class LastMoment
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Does it, or begins to. Never throws.</summary>
    public static void Use(Action act, TimeSpan patience)
    {
        var thread = new Thread(() => Try(act)) { IsBackground = true, Name = "Last moment" };
        thread.Start();
        thread.Join(patience);
    }

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception)
        {
            // There is nobody left to tell.
        }
    }
}
