using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Binds sub-devices with what each has: its secret, its certificate, or what the secret of its product obtains.</summary>
internal sealed class SubDeviceBinder(GatewayOperations operations, DeviceRegistrar registrar)
{
    private volatile DeviceRegistrar _registrar = registrar;

    /// <summary>Who registers from the next bind on.</summary>
    public DeviceRegistrar Registrar
    {
        get => _registrar;
        set => _registrar = value;
    }

    /// <exception cref="OrderNotPossibleException">It has nothing to be bound with, or nothing that can be used.</exception>
    /// <exception cref="TimeoutException">The hub, or the registration, did not answer; or what was obtained could not be kept.</exception>
    /// <exception cref="HubOfflineException">There is no connection.</exception>
    /// <exception cref="GatewayOperationException">The hub refused.</exception>
    public async Task BindAsync(SubDevicePlan device, CancellationToken cancellationToken)
    {
        var identity = new DeviceIdentity(device.Id.ProductId, device.Id.DeviceName);
        if (device.Secret is { } text)
        {
            if (!DeviceSecret.TryParse(text.Reveal(), out var secret, out string? problem))
                throw new OrderNotPossibleException($"The 'secret' of {device.Id} is not usable: {problem}");
            await operations.BindAsync(identity, secret, cancellationToken);
        }
        else if (device.CertificateFile is { } file)
        {
            await operations.BindAsync(identity, Certificate(device.Id, file), cancellationToken);
        }
        else if (device.ProductSecret is { } product)
        {
            if (!ProductSecret.TryParse(product.Reveal(), out var secret, out string? problem))
                throw new OrderNotPossibleException($"The 'secret' of product {device.Id.ProductId} is not usable: {problem}");
            await BindRegisteredAsync(device.Id, identity, secret, cancellationToken);
        }
        else
        {
            throw new OrderNotPossibleException(
                $"{device.Id} has no secret to be bound with: give it a 'secret' in bridge.json or a 'sub_deviceSecret' in "
                    + "device_info.json and restart the gateway, or bind it in the console.");
        }
    }

    private async Task BindRegisteredAsync(
        SubDeviceId id, DeviceIdentity identity, ProductSecret secret, CancellationToken cancellationToken)
    {
        switch (await ObtainAsync(identity, secret, cancellationToken))
        {
            case KeyCredentials key: await operations.BindAsync(identity, key.Secret, cancellationToken); break;
            case CertificateCredentials pair:
                await operations.BindAsync(identity, Certificate(id, pair.CertificateFile),
                cancellationToken); break;
        }
    }

    private async Task<HubCredentials> ObtainAsync(DeviceIdentity identity, ProductSecret secret, CancellationToken cancellationToken)
    {
        try
        {
            return await Registrar.ObtainAsync(identity, secret, cancellationToken);
        }
        catch (DynamicRegistrationException exception) when (!exception.IsTransient)
        {
            throw new OrderNotPossibleException(exception.Message, exception);
        }
        catch (DynamicRegistrationException exception)
        {
            throw new TimeoutException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TimeoutException(
                $"What {identity} was registered with cannot be kept, so it is not used yet: {exception.Message}", exception);
        }
    }

    private static BindCertificate Certificate(SubDeviceId id, string file)
    {
        try
        {
            return new BindCertificate(NamedFile.Read(file, BindCertificate.MaxLength));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OrderNotPossibleException($"The certificate '{file}' of {id} cannot be used: {exception.Message}", exception);
        }
    }
}
