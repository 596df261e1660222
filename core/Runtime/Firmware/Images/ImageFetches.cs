namespace BridgeFramework.Runtime;

/// <summary>Fetches each image once, however many wait for it.</summary>
/// <param name="store">Where images are kept.</param>
/// <param name="download">Fetches one.</param>
/// <param name="concurrency">How many at a time.</param>
internal sealed class ImageFetches(ImageStore store, Func<ImageKey, IImageSource, CancellationToken, Task> download, int concurrency)
{
    private readonly Func<ImageKey, IImageSource, CancellationToken, Task> _download = download;
    private readonly FetchPlaces _places = new(concurrency);
    private readonly Lock _gate = new();
    private readonly Dictionary<ImageKey, Fetch> _fetches = [];

    /// <summary>So many at a time from now on. What is under way goes on.</summary>
    public void Become(int concurrency) => _places.Become(concurrency);

    /// <summary>Gives an image: from the store, or after it was fetched.</summary>
    /// <param name="key">Which.</param>
    /// <param name="version">As what.</param>
    /// <param name="waiter">Who wants it; of all who do, any one may be asked for an address.</param>
    /// <param name="cancellationToken">Wants it no longer. Nobody else is disturbed; when nobody is left, the fetching ends.</param>
    /// <exception cref="DownloadException">It cannot be had.</exception>
    public async Task<StoredImage> GetAsync(ImageKey key, string version, IImageSource waiter, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await OpenAsync(key, version) is { } image) return image;
            await FetchAsync(key, waiter, cancellationToken);
        }
    }

    /// <summary>Lets go of what has come of images that nobody wants any more.</summary>
    public Task CleanAsync() => OwnThread.RunAsync(store.Clean);

    private async Task<StoredImage?> OpenAsync(ImageKey key, string version)
    {
        try
        {
            return await OwnThread.RunAsync(() => store.TryOpen(key, version));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                DownloadTrouble.NoRoom, $"The gateway's disk does not give the image: {exception.Message}", exception);
        }
    }

    private async Task FetchAsync(ImageKey key, IImageSource waiter, CancellationToken cancellationToken)
    {
        Fetch fetch;
        lock (_gate)
        {
            var present = _fetches.GetValueOrDefault(key);
            // One that was given up still has the file: it ends first.
            fetch = present is { IsAbandoned: false } ? present
                : _fetches[key] = new Fetch(this, key, present?.Ended ?? Task.CompletedTask);
            fetch.Join(waiter);
        }

        try
        {
            await fetch.Ended.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate) fetch.Leave(waiter);
        }
    }

    /// <summary>One image on its way, for all who wait for it. Who joins and leaves is under the lock of the class around it.</summary>
#pragma warning disable CA1001, IDISP006 // The source has no timer and so no handle.
    private sealed class Fetch : IImageSource
#pragma warning restore CA1001, IDISP006
    {
        private readonly ImageFetches _owner;
        private readonly List<IImageSource> _waiters = []; // the first one's address is used
        private readonly CancellationTokenSource _abandoned = new();
        private long _bytes;

        public Fetch(ImageFetches owner, ImageKey key, Task before)
        {
            _owner = owner;
            Ended = Task.Run(() => RunAsync(key, before), CancellationToken.None);
        }

        public Task Ended { get; }

        public bool IsAbandoned => _abandoned.IsCancellationRequested;

        public Uri Url => First().Url;

        public void Join(IImageSource waiter)
        {
            _waiters.Add(waiter);
            waiter.Advance(Volatile.Read(ref _bytes));
        }

        public void Leave(IImageSource waiter)
        {
            _waiters.Remove(waiter);
            if (_waiters.Count == 0) _abandoned.Cancel();
        }

        public void Advance(long bytes)
        {
            Volatile.Write(ref _bytes, bytes);
            foreach (var waiter in All()) waiter.Advance(bytes);
        }

        public async Task RenewAsync(CancellationToken cancellationToken)
        {
            var asked = First();
            string before = asked.Url.AbsoluteUri;
            await asked.RenewAsync(cancellationToken);
            if (!string.Equals(before, asked.Url.AbsoluteUri, StringComparison.Ordinal)) return;
            lock (_owner._gate) // it was told of none: somebody else's turn
                if (_waiters.Remove(asked)) _waiters.Add(asked);
        }

        private async Task RunAsync(ImageKey key, Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await _owner._places.TakeAsync(_abandoned.Token);
                try
                {
                    await _owner._download(key, this, _abandoned.Token);
                }
                finally
                {
                    _owner._places.Leave();
                }
            }
            finally
            {
                lock (_owner._gate)
                    if (_owner._fetches.GetValueOrDefault(key) == this) _owner._fetches.Remove(key);
            }
        }

        private IImageSource First() =>
            All() is [var first, ..] ? first : throw new OperationCanceledException("Nobody wants the image any more.", _abandoned.Token);

        private IImageSource[] All()
        {
            lock (_owner._gate) return [.. _waiters];
        }
    }
}
