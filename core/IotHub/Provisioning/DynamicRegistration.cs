using System.Security.Cryptography;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>Obtains a device's own secret with the secret of its product, for gateways and sub-devices alike.</summary>
/// <remarks>
/// The product must allow dynamic registration (console, product settings). The hub hands a secret out until the device has
/// connected for the first time, so store it before using it: see <see cref="SecretFile"/>. Safe to use from any thread.
/// </remarks>
public sealed class DynamicRegistration
{
    private const int MaxAnswerLength = 64 * 1024;
    private const int MaxShownLength = 200;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Uri _endpoint;

    /// <summary>Registers at the mainland cloud.</summary>
    /// <inheritdoc cref="DynamicRegistration(HttpClient, TimeProvider, Uri)"/>
    public DynamicRegistration(HttpClient http, TimeProvider time)
        : this(http, time, CloudEndpoint)
    {
    }

    /// <summary>Registers at an endpoint.</summary>
    /// <param name="http">The caller's; its timeout is the time an attempt may take.</param>
    /// <param name="time">Clock of the signature; once there is a session, <see cref="HubSession.Time"/>.</param>
    /// <param name="endpoint">Absolute address of the registration service, without a query.</param>
    public DynamicRegistration(HttpClient http, TimeProvider time, Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!endpoint.IsAbsoluteUri || endpoint.Query.Length > 0 || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{endpoint}' is not an absolute http(s) address without a query.", nameof(endpoint));
        _http = http;
        _time = time;
        _endpoint = endpoint;
    }

    /// <summary>The mainland cloud's service.</summary>
    public static Uri CloudEndpoint { get; } = new("https://ap-guangzhou.gateway.tencentdevices.com/device/register");

    /// <summary>Asks once.</summary>
    /// <param name="device">The device that wants its secret.</param>
    /// <param name="secret">The secret of its product.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DynamicRegistrationException">Refused, unreachable, or not understood, with the remedy.</exception>
    public async Task<RegisteredDevice> RegisterAsync(DeviceIdentity device, ProductSecret secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(device.ProductId, nameof(device));
        using var request = RegistrationRequest.Create(
            _endpoint, device, secret, _time.GetUtcNow().ToUnixTimeSeconds(), RandomNumberGenerator.GetInt32(1, int.MaxValue));
        var (status, content) = await SendAsync(device, request, cancellationToken).ConfigureAwait(false);
        if (Read(content) is not { } response)
        {
            throw new DynamicRegistrationException(
                $"Registration of {device}: {_endpoint} answered HTTP {status} with {content.Length} bytes that are not its answer: "
                    + "check the address.",
                isTransient: status >= 500);
        }

        if (response.Error is { } error) throw Refusal(device, error, status);
        return RegistrationAnswer.TryOpen(response, secret, out var registered, out string? problem)
            ? registered
            : throw new DynamicRegistrationException(
                $"Registration of {device}: the answer of {_endpoint} cannot be used: {problem} (request id "
                    + $"'{Shown(response.RequestId)}').", isTransient: false);
    }

    private async Task<(int Status, byte[] Content)> SendAsync(
        DeviceIdentity device, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(
                false);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = stream.ConfigureAwait(false);
            byte[] buffer = new byte[MaxAnswerLength + 1];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(
                false);
            return length <= MaxAnswerLength
                ? ((int)response.StatusCode, buffer[..length])
                : throw new DynamicRegistrationException(
                    $"Registration of {device}: {_endpoint} answered with more than {MaxAnswerLength} bytes: check the address.",
                        isTransient: false);
        }
        catch (Exception e) when (
            e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string reason = e is OperationCanceledException ? "no answer in time" : e.GetBaseException().Message;
            throw new DynamicRegistrationException(
                $"Registration of {device}: {_endpoint} not reachable: {reason}", isTransient: true, innerException: e);
        }
    }

    private static RegistrationResponse? Read(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, RegistrationJson.Default.RegistrationEnvelope)?.Response;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DynamicRegistrationException Refusal(DeviceIdentity device, RegistrationError error, int status)
    {
        string code = Shown(error.Code);
        return new DynamicRegistrationException(
            $"The hub refused to register {device} (HTTP {status}, '{code}': {Shown(error.Message)}): check the product secret and the "
                + "clock, that "
                + "the product allows dynamic registration, and that the device exists there and has not connected before.",
            isTransient: status >= 500 || code.StartsWith("InternalError", StringComparison.Ordinal) || code.StartsWith(
                "RequestLimitExceeded", StringComparison.Ordinal),
            code);
    }

    private static string Shown(string? text) => text is { Length: > MaxShownLength } ? text[..MaxShownLength] + "…" : text ?? "";
}
