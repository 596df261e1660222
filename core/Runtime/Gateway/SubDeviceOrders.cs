using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What an operator can do with the sub-devices of a running gateway by hand. Safe to use from any thread.</summary>
/// <remarks>
/// An order holds until the opposite order or a restart: what is taken offline is not brought online by its channel, what is
/// unbound is not bound again by itself. Every order is asked of the hub even where nothing seems to change, so that the answer
/// is the hub's. Members throw, beside what each says, <see cref="HubOfflineException"/> when there is no connection,
/// <see cref="TimeoutException"/> when the hub leaves the question open, and <see cref="GatewayOperationException"/> when it refuses.
/// </remarks>
public sealed partial class SubDeviceOrders
{
    private readonly GatewayOperations _operations;
    private readonly SubDeviceReconciler _reconciler;
    private readonly HandOrders _orders;
    private readonly Dictionary<SubDeviceId, DeviceSecret?> _secrets;
    private readonly ILogger _logger;

    internal SubDeviceOrders(
        GatewayOperations operations, SubDeviceReconciler reconciler, HandOrders orders, IReadOnlyDictionary<SubDeviceId, DeviceSecret?> secrets, ILogger logger)
    {
        _operations = operations;
        _reconciler = reconciler;
        _orders = orders;
        _secrets = new Dictionary<SubDeviceId, DeviceSecret?>(secrets);
        _logger = logger;
    }

    /// <summary>The sub-devices that can be ordered about: those of the channels and those that only <c>device_info.json</c> names.</summary>
    public IReadOnlyCollection<SubDeviceId> Known => _secrets.Keys;

    /// <summary>Finds the sub-device that somebody wrote.</summary>
    /// <param name="written"><c>productId/deviceName</c>.</param>
    /// <exception cref="UnknownSubDeviceException">There is none; the message says which may have been meant.</exception>
    public SubDeviceId Find(string written)
    {
        ArgumentNullException.ThrowIfNull(written);
        return SubDeviceId.TryParse(written, out var id) && _secrets.ContainsKey(id) ? id : throw UnknownSubDeviceException.Of(written, _secrets.Keys);
    }

    /// <summary>Whether there is a secret to bind it with.</summary>
    /// <param name="id">A known sub-device.</param>
    public bool CanBind(SubDeviceId id) => _secrets.GetValueOrDefault(id) is not null;

    /// <summary>Brings a sub-device online. Where its channel sees it, the channel has its say again; otherwise it is held online.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer; the order holds.</param>
    /// <returns>What holds now.</returns>
    /// <exception cref="OrderNotPossibleException">It was unbound by hand: bind it first.</exception>
    public async Task<HandOrder> BringOnlineAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        var before = _orders.Find(id);
        if (before == HandOrder.Unbound) throw new OrderNotPossibleException($"{id} was unbound by hand: bind it first, with 'bridge device bind {id}'.");
        LogOrder(_logger, id, "online");
        bool mayBind = StateOf(id) != CloudState.Unbound;
        _orders.Give(id, HandOrder.Online);
        try
        {
            await BringOnlineAsync(id, mayBind ? _secrets[id] : null, cancellationToken);
            // What the hub said the last time it was asked is not so any more.
            if (StateOf(id) == CloudState.Unbound) _reconciler.TopologyChanged(id, bound: true);
            return _orders.Find(id);
        }
        catch (GatewayOperationException)
        {
            _orders.End(id, HandOrder.Online);
            throw;
        }
    }

    /// <summary>Takes a sub-device offline and holds it there. The order holds even if the hub cannot be asked now.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer; the order holds.</param>
    public async Task TakeOfflineAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        LogOrder(_logger, id, "offline");
        // An unbound one is offline already, and stays unbound.
        if (_orders.Find(id) != HandOrder.Unbound) _orders.Give(id, HandOrder.Offline);
        await _operations.OfflineAsync(IdentityOf(id), cancellationToken);
    }

    /// <summary>Binds a sub-device to this gateway with its secret, after which its channel has its say again.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    /// <exception cref="OrderNotPossibleException">It has no secret.</exception>
    public async Task BindAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        if (_secrets[id] is not { } secret)
        {
            throw new OrderNotPossibleException(
                $"{id} has no secret to be bound with: give it a 'secret' in bridge.json or a 'sub_deviceSecret' in device_info.json and restart the gateway, or bind it in the console.");
        }

        LogOrder(_logger, id, "bind");
        await _operations.BindAsync(IdentityOf(id), secret, cancellationToken);
        _reconciler.TopologyChanged(id, bound: true);
        _orders.End(id, HandOrder.Unbound);
    }

    /// <summary>Unbinds a sub-device from this gateway, and does not bind it again.</summary>
    /// <param name="id">A known sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    public async Task UnbindAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        Require(id);
        LogOrder(_logger, id, "unbind");
        await _operations.UnbindAsync(IdentityOf(id), cancellationToken);
        _orders.Give(id, HandOrder.Unbound);
        _reconciler.TopologyChanged(id, bound: false);
    }

    /// <summary>Asks the hub which sub-devices are bound to this gateway.</summary>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    /// <returns>Each once. A long list may be a part only: a missing one proves nothing.</returns>
    public Task<IReadOnlyList<DeviceIdentity>> ListAtHubAsync(CancellationToken cancellationToken) => _operations.DescribeAsync(cancellationToken);

    private async Task BringOnlineAsync(SubDeviceId id, DeviceSecret? secret, CancellationToken cancellationToken)
    {
        try
        {
            await _operations.OnlineAsync(IdentityOf(id), cancellationToken);
        }
        catch (GatewayOperationException exception) when (exception.Code == GatewayResultCode.NotBound && secret is not null)
        {
            await _operations.BindAsync(IdentityOf(id), secret, cancellationToken);
            await _operations.OnlineAsync(IdentityOf(id), cancellationToken);
        }
    }

    private CloudState StateOf(SubDeviceId id) => _reconciler.Snapshot().FirstOrDefault(device => device.Id == id)?.Cloud ?? CloudState.Unknown;

    private void Require(SubDeviceId id)
    {
        if (!_secrets.ContainsKey(id)) throw UnknownSubDeviceException.Of(id.ToString(), _secrets.Keys);
    }

    private static DeviceIdentity IdentityOf(SubDeviceId id) => new(id.ProductId, id.DeviceName);

    [LoggerMessage(4411, LogLevel.Information, "By hand: {Order} {Device}")]
    private static partial void LogOrder(ILogger logger, SubDeviceId device, string order);
}
