namespace BridgeFramework.Benchmarks;

/// <summary>How many bytes come to the flash for each byte of a record, in real time: the kernel's own delays are part of it.</summary>
internal static class FlashMeasurement
{
    private static readonly TimeSpan Line = TimeSpan.FromMinutes(1);

    /// <param name="length">How long.</param>
    /// <param name="work">The folder in which disks are made and mounted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="stopping">Ends it early, with a report and nothing left behind.</param>
    public static async Task RunAsync(TimeSpan length, string work, TimeProvider time, TextWriter output, CancellationToken stopping)
    {
        if (WhyNot() is { } reason)
        {
            await output.WriteLineAsync($"The flash cannot be measured here: {reason}.");
            return;
        }

        string folder = Path.Combine(Path.GetFullPath(work), $"bridge-flash-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        var disks = new List<LoopDisk>();
        var loads = new List<FlashLoad>();
        try
        {
            if (await MakeAsync(disks, folder) is { } failure)
            {
                await output.WriteLineAsync($"The flash cannot be measured here: {failure}");
                return;
            }

            foreach (var link in FlashLink.All)
            {
                loads.Add(new OutboxLoad(link, disks[loads.Count], time));
                loads.Add(new SqliteLoad(link, disks[loads.Count]));
            }

            await RunAsync(loads, length, time, output, stopping);
        }
        finally
        {
            await CleanUpAsync(disks, loads);
            Directory.Delete(folder);
        }
    }

    /// <returns>Why there are not all of them; null if there are.</returns>
    private static async Task<string?> MakeAsync(List<LoopDisk> disks, string folder)
    {
        try
        {
            while (disks.Count < 2 * FlashLink.All.Count) disks.Add(await LoopDisk.CreateAsync(Path.Combine(folder, $"disk{disks.Count}")));
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Lets go of everything, each whatever became of the others.</summary>
    private static async Task CleanUpAsync(List<LoopDisk> disks, List<FlashLoad> loads)
    {
        try
        {
            await Task.WhenAll(loads.Select(load => load.DisposeAsync().AsTask()));
        }
        finally
        {
            await Task.WhenAll(disks.Select(disk => disk.DisposeAsync().AsTask()));
        }
    }

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "it takes the loop devices of Linux";
        if (!Environment.IsPrivilegedProcess) return "making and mounting loop devices takes root";
        return File.Exists("/dev/loop-control") ? null : "there are no loop devices";
    }

    private static async Task RunAsync(
        List<FlashLoad> loads, TimeSpan length, TimeProvider time, TextWriter output, CancellationToken stopping)
    {
        await output.WriteLineAsync($"flash: {FlashLoad.Devices} sub-devices, a record of {MeterValues.Count} samples each every second, "
            + $"for {length.TotalMinutes:0.#} min");
        await output.WriteLineAsync("bytes written to the device (ext4, journal and all) for each byte of a record, so far:");
        for (int i = 0; i < loads.Count; i++) await output.WriteLineAsync($"  {i + 1}: {loads[i].Name}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] running = [.. loads.Select(load => load.RunAsync(time, over.Token))];
        long started = time.GetTimestamp();
        for (var left = length; left > TimeSpan.Zero && !stopping.IsCancellationRequested; left = length - time.GetElapsedTime(started))
        {
            await Task.Delay(left < Line ? left : Line, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await output.WriteLineAsync(
                $"{time.GetElapsedTime(started).TotalMinutes,5:0.0} min {string.Concat(loads.Select(load => $"{load.Ratio,8:0.00}"))}");
            if (Array.Exists(running, task => task.IsFaulted)) break;
        }

        var took = time.GetElapsedTime(started);
        await over.CancelAsync();
        await Task.WhenAll(running);
        await output.WriteLineAsync(
            $"\nafter {took.TotalMinutes:0.0} min, closed and unmounted:\n{"",-32}  records  payload MB  written MB  written/payload");
        foreach (var load in loads)
        {
            await load.CloseAsync();
            await output.WriteLineAsync(
                $"{load.Name,-32} {load.Records,8} {load.PayloadBytes / 1e6,11:0.0} {load.DeviceBytes / 1e6,11:0.0} {load.Ratio,16:0.00}");
        }
    }
}
