namespace BridgeFramework.Runtime;

/// <summary>What something is put together from and has to dispose: in the opposite order, also where it never came together.</summary>
internal sealed class HeldParts : IAsyncDisposable
{
    private readonly Stack<object> _parts = new();

    /// <summary>Holds a part until the end.</summary>
    /// <returns>The part.</returns>
    public T Hold<T>(T part)
        where T : class
    {
        _parts.Push(part);
        return part;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out object? part))
            if (part is IAsyncDisposable slow) await slow.DisposeAsync();
            else (part as IDisposable)?.Dispose();
    }
}
