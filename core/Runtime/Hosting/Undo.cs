namespace BridgeFramework.Runtime;

/// <summary>Undoes a stage that takes no time to undo.</summary>
internal sealed class Undo(Action undo) : IAsyncDisposable
{
    /// <summary>Undoes a stage that leaves nothing behind.</summary>
    public static Undo Nothing { get; } = new(() => { });

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        undo();
        return default;
    }
}
