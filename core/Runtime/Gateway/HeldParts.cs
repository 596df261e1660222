namespace BridgeFramework.Runtime;

/// <summary>What something is put together from and has to dispose: in the opposite order, also where it never came together, and each
/// also where another one fails.</summary>
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
        List<Exception> failures = [];
        while (_parts.TryPop(out object? part))
        {
            try
            {
                if (part is IAsyncDisposable slow) await slow.DisposeAsync();
                else (part as IDisposable)?.Dispose();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0) throw new AggregateException(failures);
    }
}
