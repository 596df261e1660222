using System.Threading.Channels;
using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Remembers over restarts which sub-devices were bound to the gateway, so that what people unbind stays unbound.</summary>
/// <remarks>
/// What was bound to another gateway identity, or could be bound with something else then, does not count: who changes that wants it bound.
/// What is known of sub-devices that the plan does not name any more is kept, so that it counts when they are named again: of the last
/// <see cref="MostUnnamed"/> that went. A file that cannot be read proves nothing: then each sub-device that there is at the start counts
/// as one that was bound. Safe to use from any thread.
/// </remarks>
internal sealed partial class BindingBook
{
    /// <summary>A first start binds 15 sub-devices a second: not each of them is worth a sync of the disk.</summary>
    internal static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);

    /// <summary>A disk that takes nothing is tried again.</summary>
    internal static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>More than a gateway has sub-devices; 300 KB of the file.</summary>
    internal const int MostUnnamed = 2000;

    private readonly BindingsFile? _file;
    private readonly string _gateway;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<SubDeviceId, BindingRecord> _records = []; // of those not named who went first comes first
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Dictionary<SubDeviceId, string> _proofs; // of those that the plan names
    private bool _failed; // the last time

    /// <param name="file">Where it is kept; null for nowhere.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="devices">All its sub-devices.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public BindingBook(
        BindingsFile? file, string gateway, IEnumerable<SubDevicePlan> devices, TimeProvider time, ILogger<BindingBook> logger)
    {
        (_file, _gateway, _time, _logger) = (file, gateway, time, logger);
        _proofs = devices.ToDictionary(device => device.Id, BindingRecord.ProofOf);
        if (file is not null) Load(file);
    }

    /// <summary>What the hub has said of a sub-device, as far as it counts.</summary>
    public KnownBinding Of(SubDeviceId id)
    {
        lock (_gate)
        {
            return !_records.TryGetValue(id, out var record) || !HasProof(record, _proofs.GetValueOrDefault(id, record.Proof))
                ? KnownBinding.Never
                : record.Bound ? KnownBinding.Bound : KnownBinding.Unbound;
        }
    }

    /// <summary>These sub-devices from now on.</summary>
    public void Apply(IEnumerable<SubDevicePlan> devices)
    {
        lock (_gate)
        {
            var before = _proofs;
            _proofs = devices.ToDictionary(device => device.Id, BindingRecord.ProofOf);
            foreach (var (id, proof) in _proofs)
                if (!string.Equals(before.GetValueOrDefault(id), proof, StringComparison.Ordinal)) SayIfNew(id, proof);
            foreach (var id in before.Keys.Where(id => !_proofs.ContainsKey(id)))
                if (_records.Remove(id, out var record)) _records.Add(id, record);
            if (!TryForgetOldest()) return;
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>The hub has spoken of a sub-device. Does not wait for the disk.</summary>
    public void Note(SubDeviceId id, bool bound)
    {
        lock (_gate)
        {
            var before = _records.GetValueOrDefault(id);
            if ((_proofs.GetValueOrDefault(id) ?? before?.Proof) is not { } proof) return; // it never was one of ours
            var record = new BindingRecord(id.ToString(), bound, proof);
            if (record == before) return;
            _records[id] = record;
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>The gateway itself unbinds a sub-device: it is as if it had never been bound. Does not wait for the disk.</summary>
    public void Forget(SubDeviceId id)
    {
        lock (_gate)
            if (!_records.Remove(id)) return;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>Keeps what is noted until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (_file is null) return;
        try
        {
            while (await _changed.Reader.WaitToReadAsync(stopping))
            {
                _changed.Reader.TryRead(out _);
                if (await TryWriteAsync(_file))
                {
                    await Task.Delay(BetweenWrites, _time, stopping);
                    continue;
                }

                _changed.Writer.TryWrite(true);
                await Task.Delay(AfterFailure, _time, stopping);
            }
        }
        finally
        {
            if (_changed.Reader.TryRead(out _)) await TryWriteAsync(_file);
        }
    }

    private void Load(BindingsFile file)
    {
        try
        {
            if (file.TryRead() is not { } content) return;
            if (string.Equals(content.Gateway, _gateway, StringComparison.Ordinal)) Take(content.SubDevices);
            else LogOtherGateway(_logger, content.Gateway);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(_logger, file.Path, exception.Message);
            foreach (var id in _proofs.Keys) Note(id, bound: true);
        }
    }

    private void Take(IReadOnlyList<BindingRecord> records)
    {
        foreach (var record in records)
        {
            if (!SubDeviceId.TryParse(record.Id, out var id)) continue;
            _records[id] = record;
            if (_proofs.TryGetValue(id, out string? proof)) SayIfNew(id, proof);
        }

        TryForgetOldest();
    }

    private void SayIfNew(SubDeviceId id, string proof)
    {
        if (_records.GetValueOrDefault(id) is { Bound: false } record && !HasProof(record, proof)) LogOtherProof(_logger, id);
    }

    private bool TryForgetOldest()
    {
        var unnamed = _records.Keys.Where(id => !_proofs.ContainsKey(id)).ToList();
        foreach (var id in unnamed.Take(unnamed.Count - MostUnnamed)) _records.Remove(id);
        return unnamed.Count > MostUnnamed;
    }

    private static bool HasProof(BindingRecord record, string proof) => string.Equals(record.Proof, proof, StringComparison.Ordinal);

    private async Task<bool> TryWriteAsync(BindingsFile file)
    {
        List<BindingRecord> records;
        lock (_gate) records = [.. _records.Values];
        try
        {
            await file.WriteAsync(_gateway, records);
            _failed = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failed) LogNotWritten(_logger, file.Path, exception.Message);
            _failed = true;
            return false;
        }
    }

    [LoggerMessage(4021, LogLevel.Error,
        "'{Path}', which says what was bound, cannot be used: {Reason}. Each sub-device counts as one that was bound: where the hub says "
            + "that it is not, and 'hub.rebind' is 'never', bind it with 'bridge device bind ID'")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(4022, LogLevel.Information, "What was bound to {Gateway} is forgotten: this is another gateway")]
    private static partial void LogOtherGateway(ILogger logger, string gateway);

    [LoggerMessage(4023, LogLevel.Information, "{Device} was unbound, and has something else to be bound with since: it counts as new")]
    private static partial void LogOtherProof(ILogger logger, SubDeviceId device);

    [LoggerMessage(4024, LogLevel.Warning,
        "What is bound cannot be written to '{Path}': {Reason}. Until it can be, a restart may bind again what was unbound meanwhile")]
    private static partial void LogNotWritten(ILogger logger, string path, string reason);
}
