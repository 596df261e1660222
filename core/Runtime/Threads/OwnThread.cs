namespace BridgeFramework.Runtime;

/// <summary>Does what keeps a thread busy for long on a thread of its own: on a small machine the pool has
/// one or two, and all channels share them.</summary>
internal static class OwnThread
{
    // Whoever waits goes on in the pool: no code of a plugin runs on a thread that ends.
    private const TaskCreationOptions Options = TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Does it.</summary>
    /// <param name="work">What takes long: reading, hashing or copying a whole plugin, collecting memory.</param>
    public static Task<T> RunAsync<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, Options, TaskScheduler.Default);

    /// <inheritdoc cref="RunAsync{T}(Func{T})"/>
    public static Task RunAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, Options, TaskScheduler.Default);
}
