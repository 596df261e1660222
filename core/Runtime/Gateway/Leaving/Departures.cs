using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Sees sub-devices that leave to their end: what waits of them is sent, or given up after a time with a connection; then they are
/// taken offline at the hub.</summary>
internal sealed partial class Departures : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int Notches = 10; // how often the time spent is written down: the disk is worn flash

    private readonly LeavingBook _book;
    private readonly IDepartureSteps _steps;
    private readonly Func<TimeSpan> _leaveFor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<SubDeviceId, Task<bool>> _parting = [];
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="book">Which leave.</param>
    /// <param name="steps">Has them leave.</param>
    /// <param name="leaveFor">For how long with a connection what waits is tried to be sent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public Departures(
        LeavingBook book, IDepartureSteps steps, Func<TimeSpan> leaveFor, TimeProvider time, ILogger<Departures> logger) =>
        (_book, _steps, _leaveFor, _time, _logger) = (book, steps, leaveFor, time, logger);

    /// <summary>Those that leave.</summary>
    public IReadOnlyCollection<LeavingSubDevice> All => [.. _book.All.Values];

    /// <summary>Changes which sub-devices leave, and has others follow that before any of them goes on.</summary>
    /// <param name="change">Makes those that leave from now on out of those that do.</param>
    /// <param name="follow">Follows it; what it throws is thrown.</param>
    public async Task ChangeAsync(
        Func<IReadOnlyDictionary<SubDeviceId, LeavingSubDevice>, IEnumerable<LeavingSubDevice>> change,
        Func<IReadOnlyCollection<LeavingSubDevice>, Task> follow)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await _book.WriteAsync(change(_book.All));
            foreach (var id in _parting.Keys.Where(id => !_book.All.ContainsKey(id)).ToList()) _parting.Remove(id);
            await follow(All);
        }
        finally
        {
            _gate.Release();
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Sees to them until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        long last = _time.GetTimestamp();
        while (true)
        {
            await StepAsync(_time.GetElapsedTime(last), stopping);
            last = _time.GetTimestamp();
            if (_book.All.Count > 0)
            {
                await Task.Delay(Tick, _time, stopping);
                continue;
            }

            await _changed.Reader.ReadAsync(stopping);
            last = _time.GetTimestamp();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task StepAsync(TimeSpan passed, CancellationToken stopping)
    {
        await _gate.WaitAsync(stopping);
        try
        {
            var before = _book.All;
            if (before.Count == 0) return;
            var limit = _leaveFor();
            var spent = _steps.IsConnected ? passed : TimeSpan.Zero;
            var after = new Dictionary<SubDeviceId, LeavingSubDevice>();
            bool isWorthWriting = false;
            foreach (var (id, leaving) in before)
            {
                if (await HasPartedAsync(id)) continue;
                after[id] = leaving with { Connected = leaving.Connected + spent };
                isWorthWriting |= NotchOf(after[id], limit) != NotchOf(leaving, limit);
                if (!_parting.ContainsKey(id)) TryPart(after[id], limit);
            }

            if (isWorthWriting || after.Count < before.Count) await _book.WriteAsync(after.Values);
            else _book.Note(after.Values);
            foreach (var id in before.Keys.Where(id => !after.ContainsKey(id)))
            {
                _steps.Forget(id, after.Values);
                LogLeft(_logger, id);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether it has been taken offline. Where that came to nothing it is tried again.</summary>
    private async ValueTask<bool> HasPartedAsync(SubDeviceId id)
    {
        if (!_parting.TryGetValue(id, out var parting) || !parting.IsCompleted) return false;
        _parting.Remove(id);
        return await parting;
    }

    private void TryPart(LeavingSubDevice leaving, TimeSpan limit)
    {
        if (_steps.HasPending(leaving.Id))
        {
            if (leaving.Connected < limit) return;
            LogGivenUp(_logger, leaving.Id, limit.TotalSeconds);
        }

        _steps.GiveUp(leaving.Id);
        _parting[leaving.Id] = _steps.PartAsync(leaving.Id);
    }

    private static int NotchOf(LeavingSubDevice leaving, TimeSpan limit) =>
        limit > TimeSpan.Zero ? (int)Math.Min(Notches, Notches * (leaving.Connected / limit)) : 0;

    [LoggerMessage(4443, LogLevel.Information, "{Device} has left: the configuration does not name it any more")]
    private static partial void LogLeft(ILogger logger, SubDeviceId device);

    [LoggerMessage(4444, LogLevel.Warning, "{Device} leaves, and what waits of it was not sent within {Seconds:0} s with a connection "
        + "('uplink.leaveFor'): it is dropped")]
    private static partial void LogGivenUp(ILogger logger, SubDeviceId device, double seconds);
}
