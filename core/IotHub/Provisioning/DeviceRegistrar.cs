using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>Gets devices their own credentials with the secret of their product, once, and keeps them in a folder.</summary>
/// <remarks>
/// What was obtained is on the disk, readable by the owner only, before it is used: the hub hands it out only until the device has
/// connected for the first time. Safe to use from any thread; for one device at a time.
/// </remarks>
public sealed class DeviceRegistrar
{
    private const int MaxLength = 64 * 1024;
    private const string Secret = ".secret";
    private const string Certificate = ".cert.pem";
    private const string PrivateKey = ".key.pem";
    private readonly PrivateFolder _folder;
    private readonly Func<DateTimeOffset, HttpClient> _connect;
    private readonly TimeProvider _time;
    private readonly Uri _endpoint;

    /// <summary>Makes a registrar; nothing is sent and no folder is made yet.</summary>
    /// <param name="folder">Where credentials are kept: one folder for each product.</param>
    /// <param name="time">Clock of the signatures; <see cref="HubSession.Time"/> where there is a session.</param>
    /// <param name="endpoint">Address of the registration service; null for <see cref="DynamicRegistration.CloudEndpoint"/>.</param>
    /// <param name="clockFloorFile">As <see cref="HubSessionOptions.ClockFloorFile"/>, for a box whose clock may be wrong while there is no
    /// session yet; null for none.</param>
    /// <param name="hub">The hub that the devices belong to: the service is trusted as that is, by its <see cref="HubEndpoint.CaFile"/> and
    /// <see cref="HubEndpoint.VerifyHostName"/>. Null for what the system trusts.</param>
    public DeviceRegistrar(
        string folder, TimeProvider time, Uri? endpoint = null, string? clockFloorFile = null, HubEndpoint? hub = null)
        : this(
            new PrivateFolder(folder),
            now => RegistrationClient.Create(endpoint ?? DynamicRegistration.CloudEndpoint, hub, now),
            NotBehind(clockFloorFile, time),
            endpoint ?? DynamicRegistration.CloudEndpoint)
    {
    }

    internal DeviceRegistrar(PrivateFolder folder, Func<DateTimeOffset, HttpClient> connect, TimeProvider time, Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(time);
        _folder = folder;
        _connect = connect;
        _time = time;
        _endpoint = endpoint;
    }

    /// <summary>The device's credentials: those that are kept, else those that the hub gives.</summary>
    /// <param name="device">The device.</param>
    /// <param name="secret">The secret of its product.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DynamicRegistrationException">Refused, unreachable or not understood; or what is kept cannot be used.</exception>
    /// <exception cref="IOException">The credentials cannot be kept; the hub will give them again.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public async Task<HubCredentials> ObtainAsync(DeviceIdentity device, ProductSecret secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (Find(device) is { } kept)
        {
            // With the first connection the hub gives it no more.
            FileOf(device, Secret).MakeSafe();
            return kept;
        }

        using var http = Connect();
        var registered = await new DynamicRegistration(http, _time, _endpoint).RegisterAsync(device, secret, cancellationToken)
            .ConfigureAwait(false);
        if (registered.Secret is { } own)
        {
            FileOf(device, Secret).Replace(own.TextBytes());
            return new KeyCredentials { Secret = own };
        }

        registered.StoreCertificate(FileOf(device, Certificate), FileOf(device, PrivateKey));
        return CertificateOf(device);
    }

    /// <summary>The credentials that are kept for a device; null if there are none.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="DynamicRegistrationException">What is kept cannot be used; the message says where it is.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public HubCredentials? Find(DeviceIdentity device)
    {
        // The key is written first, so a certificate has its key.
        if (FileOf(device, Certificate).Exists) return CertificateOf(device);
        var file = FileOf(device, Secret);
        if (file.TryRead(MaxLength) is not { } content) return null;
        if (DeviceSecret.TryParse(Encoding.ASCII.GetString(content).Trim(), out var secret, out string? problem))
            return new KeyCredentials { Secret = secret };
        throw new DynamicRegistrationException(
            $"'{file.Path}' holds no secret of {device}: {problem}. Put the device secret from the console there, or delete the file to "
                + $"register {device} again.",
            isTransient: false);
    }

    private static TimeProvider NotBehind(string? clockFloorFile, TimeProvider time) => clockFloorFile is null
        ? time
        // the session tells of a bad file
        : new HubTime(time, new ClockFloorFile(PrivateFile.At(clockFloorFile)).Read(HubTime.DefaultFloor, out _));

    private HttpClient Connect()
    {
        try
        {
            return _connect(_time.GetUtcNow());
        }
        catch (HubConnectException e)
        {
            throw new DynamicRegistrationException($"Registration at {_endpoint}: {e.Message}", isTransient: false, innerException: e);
        }
    }

    // A device name may have a colon, which not every file system takes.
    private PrivateFile FileOf(DeviceIdentity device, string ending) =>
        _folder.Folder(device.ProductId).File(Uri.EscapeDataString(device.DeviceName) + ending);

    private CertificateCredentials CertificateOf(DeviceIdentity device) =>
        new() { CertificateFile = FileOf(device, Certificate).Path, PrivateKeyFile = FileOf(device, PrivateKey).Path };
}
