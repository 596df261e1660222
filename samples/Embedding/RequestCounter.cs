namespace BridgeFramework.Embedding;

/// <summary>How many requests the program has answered: what its own driver reports.</summary>
internal sealed class RequestCounter
{
    private long _requests;

    public long Requests => Interlocked.Read(ref _requests);

    public void Count() => Interlocked.Increment(ref _requests);
}
