namespace BridgeFramework.IotHubEmulator;

/// <summary>The uploaded images and the task of each device. Safe from any thread.</summary>
internal sealed class FirmwareStore
{
    private const long MaxTotalSize = 4L * FirmwareImage.MaxSize;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, FirmwareImage> _images = new(StringComparer.Ordinal);
    private readonly SortedDictionary<HubDeviceId, FirmwareTask> _tasks = [];
    private readonly ChangeSignal _changed = new();

    public IReadOnlyList<FirmwareImage> Images
    {
        get { lock (_lock) return [.. _images.Values]; }
    }

    public IReadOnlyList<FirmwareTask> Tasks
    {
        get { lock (_lock) return [.. _tasks.Values]; }
    }

    /// <exception cref="HubRefusedException">The version is there already, or there is no room.</exception>
    public void Add(FirmwareImage image)
    {
        lock (_lock)
        {
            if (_images.ContainsKey(image.FileName))
                throw new HubRefusedException(HubRefusal.WrongState,
                    $"Product {image.ProductId} has firmware {image.Version} already: upload under another version.");
            if (_images.Values.Sum(other => (long)other.Size) + image.Size > MaxTotalSize)
                throw new HubRefusedException(HubRefusal.WrongState,
                    $"There is no room for {image.Size} bytes more: all images together have at most {MaxTotalSize}.");
            _images.Add(image.FileName, image);
        }
    }

    public FirmwareImage? FindFile(string fileName)
    {
        lock (_lock) return _images.GetValueOrDefault(fileName);
    }

    public FirmwareImage? FindImage(string productId, string version)
    {
        lock (_lock) return _images.GetValueOrDefault(FirmwareImage.FileNameOf(productId, version));
    }

    public FirmwareTask? FindTask(HubDeviceId device)
    {
        lock (_lock) return _tasks.GetValueOrDefault(device);
    }

    /// <summary>Completes when <paramref name="predicate"/> holds for a device's task, now or later; also for one to come.</summary>
    public Task<FirmwareTask> WaitForTaskAsync(
        HubDeviceId device, Func<FirmwareTask, bool> predicate, CancellationToken cancellationToken) =>
        _changed.FirstAsync(() => FindTask(device) is { } task && predicate(task) ? task : null, cancellationToken);

    /// <summary>Gives a device a task, in place of the one it had.</summary>
    public void SetTask(FirmwareTask task)
    {
        lock (_lock) _tasks[task.Device] = task;
        _changed.Raise();
    }

    /// <summary>Replaces the task of a device by what <paramref name="change"/> makes of it, if there is one.</summary>
    public FirmwareTask? Change(HubDeviceId device, Func<FirmwareTask, FirmwareTask> change)
    {
        FirmwareTask changed;
        lock (_lock)
        {
            if (_tasks.GetValueOrDefault(device) is not { } task) return null;
            _tasks[device] = changed = change(task);
        }

        _changed.Raise();
        return changed;
    }
}
