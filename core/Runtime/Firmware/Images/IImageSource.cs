namespace BridgeFramework.Runtime;

/// <summary>Where an image comes from, and who follows how much of it has come.</summary>
internal interface IImageSource
{
    /// <summary>The newest address that is known.</summary>
    Uri Url { get; }

    /// <summary>So many bytes have come.</summary>
    void Advance(long bytes);

    /// <summary>Asks for another address, and completes when there is one, or there will be none.</summary>
    Task RenewAsync(CancellationToken cancellationToken);
}
