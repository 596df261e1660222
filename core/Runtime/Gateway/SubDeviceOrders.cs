using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What an operator can do with the sub-devices of a running gateway by hand. Safe to use from any thread.</summary>
/// <remarks>
/// An order holds until the opposite order or a restart: what is taken offline is not brought online by its channel. What is unbound
/// is not bound again by itself, after a restart neither, unless <c>hub.rebind</c> is <c>always</c>. Every order is asked of the hub
/// even where nothing seems to change, so that the answer is the hub's. Members throw, beside what each says,
/// <see cref="HubOfflineException"/> when there is no connection, <see cref="TimeoutException"/> when the hub leaves the question
/// open, and <see cref="GatewayOperationException"/> when it refuses.
/// </remarks>
public sealed partial class SubDeviceOrders
{
    private readonly GatewayOperations _operations;
    private readonly SubDeviceReconciler _reconciler;
    private readonly SubDeviceBinder _binder;
    private volatile IReadOnlyDictionary<SubDeviceId, ListedSubDevice> _known; // replaced as a whole, and never changed
    private readonly ILogger _logger;

    internal SubDeviceOrders(
        GatewayOperations operations, SubDeviceBinder binder, SubDeviceReconciler reconciler,
        IReadOnlyDictionary<SubDeviceId, ListedSubDevice> known, ILogger logger)
    {
        _operations = operations;
        _reconciler = reconciler;
        _binder = binder;
        _known = known;
        _logger = logger;
    }

    /// <summary>These can be ordered about from now on.</summary>
    internal void Apply(IReadOnlyDictionary<SubDeviceId, ListedSubDevice> known) => _known = known;

    /// <summary>The sub-devices that can be ordered about: those of the channels and those that only
    /// <c>device_info.json</c> names.</summary>
    public IReadOnlyCollection<SubDeviceId> Known => [.. _known.Keys];

    /// <summary>Finds the sub-device that somebody wrote.</summary>
    /// <param name="written"><c>productId/deviceName</c>.</param>
    /// <exception cref="UnknownSubDeviceException">There is none; the message says which may have been meant.</exception>
    public SubDeviceId Find(string written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var known = _known;
        return SubDeviceId.TryParse(written, out var id) && known.ContainsKey(id) ? id
            : throw UnknownSubDeviceException.Of(written, known.Keys);
    }

    /// <summary>Whether there is anything to bind it with.</summary>
    /// <param name="id">A known sub-device.</param>
    public bool CanBind(SubDeviceId id) => _known.GetValueOrDefault(id)?.CanBind == true;

    /// <summary>Brings a sub-device online. Where its channel sees it, the channel has its say again;
    /// otherwise it is held online.</summary>
    /// <remarks>The order holds even if the hub cannot be asked now; one that it refuses changes nothing.</remarks>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer; the order holds.</param>
    /// <returns>What holds now.</returns>
    /// <exception cref="OrderNotPossibleException">It was bound once, and somebody has unbound it: bind it first.</exception>
    public async Task<ManualOverride> BringOnlineAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        var listed = Require(id);
        if (_reconciler.OverrideOf(id) == ManualOverride.Unbound)
            throw new OrderNotPossibleException($"{id} was unbound by hand: bind it first, with 'bridge device bind {id}'.");
        LogOrder(_logger, id, "online");
        var state = _reconciler.StateOf(id);
        try
        {
            // One that was bound, and that somebody unbound, is not bound behind their back.
            await BringOnlineAsync(listed, mayBind: !_reconciler.IsKeptUnbound(id), cancellationToken);
            // What the hub said the last time it was asked is not so any more.
            if (state == CloudState.Unbound) _reconciler.TopologyChanged(id, bound: true);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException or OperationCanceledException)
        {
            _reconciler.Override(id, ManualOverride.Online);
            throw;
        }

        _reconciler.Override(id, ManualOverride.Online, CloudState.Online);
        return _reconciler.OverrideOf(id);
    }

    /// <summary>Takes a sub-device offline and holds it there. The order holds even if the hub cannot be asked now.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer; the order holds.</param>
    public async Task TakeOfflineAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        LogOrder(_logger, id, "offline");
        CloudState? answered = null;
        try
        {
            await _operations.OfflineAsync(IdentityOf(id), cancellationToken);
            answered = CloudState.Offline;
        }
        finally
        {
            // An unbound one is offline already, and stays unbound.
            if (_reconciler.OverrideOf(id) != ManualOverride.Unbound) _reconciler.Override(id, ManualOverride.Offline, answered);
        }
    }

    /// <summary>Binds a sub-device to this gateway with its secret, after which its channel has its say again.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    /// <exception cref="OrderNotPossibleException">It has no secret, or none that can be used.</exception>
    public async Task BindAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        var listed = Require(id);
        LogOrder(_logger, id, "bind");
        await BindAsync(listed, cancellationToken);
        _reconciler.TopologyChanged(id, bound: true);
        _reconciler.EndOverride(id, ManualOverride.Unbound);
    }

    /// <summary>Unbinds a sub-device from this gateway, and does not bind it again. The order holds if the
    /// hub leaves it open, not if it refuses or is away.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    public async Task UnbindAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        LogOrder(_logger, id, "unbind");
        try
        {
            await _operations.UnbindAsync(IdentityOf(id), cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // It may be done in spite of the silence; then it must not be bound again.
            _reconciler.Override(id, ManualOverride.Unbound);
            throw;
        }

        _reconciler.Override(id, ManualOverride.Unbound);
        _reconciler.TopologyChanged(id, bound: false);
    }

    /// <summary>Asks the hub which sub-devices are bound to this gateway.</summary>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    /// <returns>Each once. A long list may be a part only: a missing one proves nothing.</returns>
    public Task<BoundList> ListAtHubAsync(CancellationToken cancellationToken) =>
        _operations.DescribeAsync(cancellationToken);

    private async Task BringOnlineAsync(ListedSubDevice listed, bool mayBind, CancellationToken cancellationToken)
    {
        var identity = IdentityOf(listed.Device.Id);
        try
        {
            await _operations.OnlineAsync(identity, cancellationToken);
        }
        catch (GatewayOperationException exception) when (exception.Code == GatewayResultCode.NotBound && mayBind && listed.CanBind)
        {
            LogOrder(_logger, listed.Device.Id, "bind, to bring it online");
            await BindAsync(listed, cancellationToken);
            await _operations.OnlineAsync(identity, cancellationToken);
        }
        catch (GatewayOperationException exception) when (exception.Code == GatewayResultCode.NotBound && !mayBind)
        {
            throw new OrderNotPossibleException(
                $"{identity} was bound to this gateway and is not any more: bind it first, "
                    + (listed.CanBind ? $"with 'bridge device bind {identity}' or in the console." : "in the console; no secret is known."),
                exception);
        }
    }

    private Task BindAsync(ListedSubDevice listed, CancellationToken cancellationToken) =>
        listed is { Device: { Secret: null, CertificateFile: null }, Secret: { } secret }
            ? _operations.BindAsync(IdentityOf(listed.Device.Id), secret, cancellationToken)
            : _binder.BindAsync(listed.Device, cancellationToken);

    private ListedSubDevice Require(SubDeviceId id)
    {
        var known = _known;
        return known.GetValueOrDefault(id) ?? throw UnknownSubDeviceException.Of(id.ToString(), known.Keys);
    }

    private static DeviceIdentity IdentityOf(SubDeviceId id) => new(id.ProductId, id.DeviceName);

    [LoggerMessage(4411, LogLevel.Information, "By hand: {Order} {Device}")]
    private static partial void LogOrder(ILogger logger, SubDeviceId device, string order);
}
