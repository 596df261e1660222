using System.Buffers;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Fetches one image, however often it takes: from what is there already on, at the pace that is
/// allowed, until it is whole and verified.</summary>
/// <param name="store">Where it goes.</param>
/// <param name="request">What asks the server.</param>
/// <param name="rate">The pace of all downloads.</param>
/// <param name="untilOnline">Completes at once while the hub can be reached. Without it nothing can, and a try is none.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ImageDownload(
    ImageStore store, ImageRequest request, ByteRate rate, Func<CancellationToken, Task> untilOnline, TimeProvider time,
        ILogger<ImageDownload> logger)
{
    /// <summary>Tries in a row that bring nothing new; with their rests they take about a quarter of an hour.</summary>
    internal const int MaxTries = 10;

    /// <summary>How long nothing may come.</summary>
    internal static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private const int MaxRenewals = 2;
    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(1), Longest: TimeSpan.FromMinutes(5));

    /// <summary>Fetches an image into the store.</summary>
    /// <param name="key">Which.</param>
    /// <param name="source">Where from.</param>
    /// <param name="cancellationToken">Gives up; what has come stays.</param>
    /// <exception cref="DownloadException">It cannot be had.</exception>
    public async Task RunAsync(ImageKey key, IImageSource source, CancellationToken cancellationToken)
    {
        using var partial = await OwnThread.RunAsync(() => store.Begin(key));
        if (partial.Length > 0) LogResumed(logger, key.Md5, partial.Length, key.Size);
        int tries = 0, renewals = 0;
        long shortAt = -1; // where an answer last was shorter than it said
        bool isAfresh = false; // whether all was thrown away once because it was not what was announced
        long furthest = partial.Length; // a server that always begins at the start brings nothing new by that
        while (true)
        {
            DownloadException failure;
            try
            {
                source.Advance(partial.Length);
                await FetchAsync(key, partial, source, cancellationToken);
                if (await OwnThread.RunAsync(() => store.TryComplete(key, partial))) return;
                failure = new DownloadException(DownloadTrouble.WrongFile, $"The MD5 of what came is not {key.Md5}.");
            }
            catch (DownloadException exception)
            {
                failure = exception;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new DownloadException(
                    DownloadTrouble.NoRoom, $"The gateway's disk does not take the image: {exception.Message}", exception);
            }

            switch (failure.Trouble)
            {
                case DownloadTrouble.WrongFile when !isAfresh:
                    (isAfresh, furthest) = (true, 0);
                    partial.Restart();
                    LogAfresh(logger, key.Md5, failure.Message);
                    break;
                case DownloadTrouble.WrongFile:
                    partial.Restart();
                    throw failure;
                case DownloadTrouble.Expired when renewals < MaxRenewals:
                    renewals++;
                    LogRenewal(logger, key.Md5);
                    await source.RenewAsync(cancellationToken);
                    break;
                case DownloadTrouble.Short when partial.Length == shortAt:
                    throw new DownloadException(DownloadTrouble.Short, $"{failure.Message} It did so twice at the same place.", failure);
                case DownloadTrouble.Interrupted or DownloadTrouble.Busy or DownloadTrouble.Short:
                    if (failure.Trouble == DownloadTrouble.Short) shortAt = partial.Length;
                    if (partial.Length > furthest) (tries, renewals, furthest) = (0, 0, partial.Length);
                    if (++tries == MaxTries) throw failure;
                    var rest = Backoff.After(tries);
                    LogRest(logger, key.Md5, partial.Length, key.Size, failure.Message, rest.TotalSeconds);
                    await Task.Delay(rest, time, cancellationToken);
                    await UntilOnlineAsync();
                    break;
                default:
                    throw failure;
            }
        }

        async Task UntilOnlineAsync()
        {
            var online = untilOnline(cancellationToken);
            if (!online.IsCompleted) tries = 0; // with the link down it was no try
            await online;
        }
    }

    private async Task FetchAsync(ImageKey key, PartialImage partial, IImageSource source, CancellationToken cancellationToken)
    {
        if (partial.Length == key.Size) return;
        using var watch = new CancellationTokenSource(Stall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(watch.Token, cancellationToken);
        try
        {
            var (response, from, to) = await request.SendAsync(source.Url, partial.Length, key.Size, either.Token);
            using var answered = response;
            if (from < partial.Length) partial.Restart();
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            await CopyAsync(body, partial, source, watch, either.Token);
            if (partial.Length == from)
                throw new DownloadException(
                    DownloadTrouble.Short, $"The server says that it sends bytes {from} to {to - 1} and sends nothing.");
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DownloadException(DownloadTrouble.Interrupted, $"Nothing came for {Stall.TotalSeconds:0} s.", exception);
        }
        catch (HttpRequestException exception)
        {
            // Its words may hold the host, never the path with the signature.
            throw new DownloadException(DownloadTrouble.Interrupted, $"The server cannot be reached: {exception.Message}", exception);
        }

        if (partial.Length < key.Size)
            throw new DownloadException(DownloadTrouble.Interrupted, $"The connection ended after {partial.Length} of {key.Size} bytes.");
    }

    private async Task CopyAsync(
        Stream body, PartialImage partial, IImageSource source, CancellationTokenSource watch, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PartialImage.BlockSize);
        try
        {
            while (true)
            {
                watch.CancelAfter(Stall);
                int read;
                try
                {
                    read = await body.ReadAsync(buffer, cancellationToken);
                }
                catch (IOException exception)
                {
                    throw new DownloadException(
                        DownloadTrouble.Interrupted, $"The connection was lost after {partial.Length} bytes.", exception);
                }

                if (read == 0) return;
                partial.Append(buffer.AsSpan(0, read));
                source.Advance(partial.Length);
                watch.CancelAfter(Timeout.InfiniteTimeSpan); // our own pace is no stall
                await rate.TakeAsync(read, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(4611, LogLevel.Information, "Image {Md5}: {Length} of {Size} bytes are there and verified, the rest is fetched")]
    private static partial void LogResumed(ILogger logger, string md5, long length, long size);

    [LoggerMessage(4612, LogLevel.Warning, "Image {Md5} is fetched once more from the start: {Reason}")]
    private static partial void LogAfresh(ILogger logger, string md5, string reason);

    [LoggerMessage(4613, LogLevel.Information, "Image {Md5}: the address has lapsed, the hub is asked for another")]
    private static partial void LogRenewal(ILogger logger, string md5);

    [LoggerMessage(4614, LogLevel.Warning, "Image {Md5}: {Length} of {Size} bytes have come. {Reason} It goes on in {Seconds:0} s")]
    private static partial void LogRest(ILogger logger, string md5, long length, long size, string reason, double seconds);
}
