using System.Net;
using System.Net.Http.Headers;

namespace BridgeFramework.Runtime;

/// <summary>One GET of an image from an offset on, and what the answer means.</summary>
/// <remarks>Source: RFC 9110, sections 14 (range requests) and 15.4 (redirections).</remarks>
/// <param name="http">What asks servers.</param>
/// <param name="origins">Where images may come from.</param>
internal sealed class ImageRequest(HttpClient http, ImageOrigins origins)
{
    private const int MaxRedirects = 5;

    /// <summary>A client that leaves to this class what it would do by itself: follow redirects, unpack, keep cookies.</summary>
    /// <param name="origins">Where it may connect to.</param>
    /// <param name="proxy">What is asked in place of servers; <see langword="null"/> for what the environment says.</param>
#pragma warning disable IDISP004 // The client owns its handler.
    public static HttpClient CreateClient(ImageOrigins origins, IWebProxy? proxy = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = origins.ConnectAsync,
        Proxy = proxy,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseHeadersLength = 32,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the download has a watch of its own, connecting included
    };
#pragma warning restore IDISP004

    /// <summary>Asks for what is missing.</summary>
    /// <param name="url">Where the image is.</param>
    /// <param name="offset">How much is there already.</param>
    /// <param name="size">How many bytes the image is to have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, to be disposed; its body has the bytes from one offset up to another, as it says.</returns>
    /// <exception cref="DownloadException">The server does not give it.</exception>
    public async Task<(HttpResponseMessage Response, long From, long To)> SendAsync(
        Uri url, long offset, long size, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            await origins.CheckAsync(url, cancellationToken);
            var response = await SendOnceAsync(url, offset, cancellationToken);
            bool isHandedOver = false;
            try
            {
                if (NextOf(response, url) is { } next)
                {
                    if (redirects == MaxRedirects)
                        throw new DownloadException(DownloadTrouble.Refused, $"The server redirects more than {MaxRedirects} times.");
                    url = next;
                    continue;
                }

                var (from, to) = RangeOf(response, offset, size);
                isHandedOver = true;
                return (response, from, to);
            }
            finally
            {
                if (!isHandedOver) response.Dispose();
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Uri url, long offset, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(offset, to: null);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is DownloadException refusal)
        {
            throw new DownloadException(refusal.Trouble, refusal.Message, exception); // that of the connection
        }
    }

    private static Uri? NextOf(HttpResponseMessage response, Uri url)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) return null;
        if (response.Headers.Location is not { } location)
            throw new DownloadException(
                DownloadTrouble.Refused, $"The server redirects ({(int)response.StatusCode}) without saying where to.");
        var next = new Uri(url, location);
        if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttp)
            throw new DownloadException(
                DownloadTrouble.Refused, $"The server redirects to '{next.Scheme}', and only http and https are followed.");
        if (url.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
            throw new DownloadException(DownloadTrouble.Refused, "The server redirects from https to http, which is not followed.");
        return next;
    }

    /// <summary>Which bytes the body has: from where, and up to where.</summary>
    private static (long From, long To) RangeOf(HttpResponseMessage response, long offset, long size)
    {
        int status = (int)response.StatusCode;
        switch (status)
        {
            case 200 or 206: break;
            case 403: throw new DownloadException(DownloadTrouble.Expired, "The server says 403: the signature of the address has lapsed.");
            case 404 or 410: throw new DownloadException(DownloadTrouble.NotFound, $"The server says {status}: there is no such file.");
            case 408: throw new DownloadException(DownloadTrouble.Interrupted, "The server says 408: it waited too long.");
            case 416:
                throw new DownloadException(
                DownloadTrouble.WrongFile, $"The server says 416: its file has no byte {offset}, and {size} bytes were announced.");
            case 429 or >= 500: throw new DownloadException(DownloadTrouble.Busy, $"The server says {status}.");
            default: throw new DownloadException(DownloadTrouble.Refused, $"The server says {status}.");
        }

        if (response.Content.Headers.ContentEncoding.Any(
            encoding => !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)))
            throw new DownloadException(DownloadTrouble.Refused, "The server compresses the image although it was asked not to.");
        if (status == 200)
        {
            Expect(response.Content.Headers.ContentLength, size);
            return (0, size); // it knows no ranges
        }

        // 206 without a usable Content-Range says nothing of which bytes these are.
        if (response.Content.Headers.ContentRange is not { From: { } from, To: { } last, Unit: "bytes" } range)
            throw new DownloadException(DownloadTrouble.Refused, "The server says 206 without saying which bytes it sends.");
        Expect(range.Length, size);
        if (from != offset)
            throw new DownloadException(
                DownloadTrouble.Refused, $"The server sends bytes from {from} on where those from {offset} on were asked for.");
        // Of which bytes these are nothing is known then: they are not built upon.
        if (response.Content.Headers.ContentLength is { } length && length < last + 1 - from)
            throw new DownloadException(
                DownloadTrouble.Short, $"The server says that it sends bytes {from} to {last} and sends {length} bytes.");
        return (from, last + 1);
    }

    private static void Expect(long? length, long size)
    {
        if (length is { } known && known != size)
            throw new DownloadException(DownloadTrouble.WrongFile, $"The server's file has {known} bytes, and {size} were announced.");
    }
}
