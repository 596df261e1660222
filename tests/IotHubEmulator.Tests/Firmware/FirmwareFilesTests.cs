using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class FirmwareFilesTests : IAsyncDisposable
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(7 * i + 13))];
    private readonly FakeTimeProvider _clock = Example.Clock();
    private readonly HttpClient _http = new();   // it unpacks nothing by itself
    private HubEmulator? _hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_hub is not null) await _hub.DisposeAsync();
    }

    [Theory]
    [InlineData("bytes=0-200000", 0, 200_000)]   // the official Python and C SDKs ask for one byte too many
    [InlineData("bytes=60000-200000", 60_000, 140_000)]
    [InlineData("bytes=60000-", 60_000, 140_000)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=-10", 199_990, 10)]
    public async Task A_range_is_served_with_its_end_clamped(string range, int from, int length)
    {
        using var response = await GetAsync(await UrlAsync(), range);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {from}-{from + length - 1}/200000", response.Content.Headers.ContentRange?.ToString());
        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal("\"1864c7bdedbe7c28714025ff5a0d871a\"", response.Headers.ETag?.Tag);
        Assert.Equal(Image.AsSpan(from, length).ToArray(), await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Without_a_range_comes_the_whole_file()
    {
        using var response = await GetAsync(await UrlAsync());
        Assert.Equal((HttpStatusCode.OK, "bytes"), (response.StatusCode, response.Headers.AcceptRanges.ToString()));
        Assert.Equal(Image, await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task A_range_behind_the_end_is_416()
    {
        using var response = await GetAsync(await UrlAsync(), "bytes=200000-200000");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */200000", response.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public async Task A_range_of_another_file_than_meant_is_the_whole_file()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await UrlAsync());
        request.Headers.Range = new RangeHeaderValue(10, null);
        request.Headers.IfRange = new RangeConditionHeaderValue("\"another\"");
        using var response = await _http.SendAsync(request, Ct);
        Assert.Equal((HttpStatusCode.OK, 200_000), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task An_address_is_long_good_for_a_day_and_cannot_be_made_up()
    {
        string url = (await UrlAsync()).OriginalString;
        Assert.InRange(url.Length, 320, 400);
        // the Python SDK takes all before the last slash as host
        Assert.Equal(1, url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2).Count('/'));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(url));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(url[..^1]));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(url[..url.IndexOf('?', StringComparison.Ordinal)]));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(url.Replace("_1.0.0", "_9.9.9", StringComparison.Ordinal)));
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(url));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(url));
    }

    [Theory]
    [InlineData(DownloadFaultKind.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(DownloadFaultKind.NotFound, HttpStatusCode.NotFound)]
    [InlineData(DownloadFaultKind.ServerError, HttpStatusCode.InternalServerError)]
    public async Task A_download_can_fail_as_often_as_asked(DownloadFaultKind kind, HttpStatusCode expected)
    {
        string url = (await UrlAsync(new DownloadFault { Kind = kind, Times = 2, Version = "1.0.0" })).OriginalString;
        Assert.Equal(expected, await StatusAsync(url));
        Assert.Equal(expected, await StatusAsync(url));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(url));
    }

    [Fact]
    public async Task A_fault_of_another_version_does_not_strike()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(
            (await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.NotFound, Version = "2" })).OriginalString));
    }

    [Fact]
    public async Task A_download_can_be_cut()
    {
        using var response = await GetAsync(
            await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.Cut, Bytes = 70_000 }), "bytes=1000-");
        Assert.Equal((HttpStatusCode.PartialContent, 199_000), (response.StatusCode, response.Content.Headers.ContentLength));
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        byte[] received = new byte[70_000];
        await body.ReadExactlyAsync(received, Ct);
        Assert.Equal(Image.AsSpan(1000, 70_000).ToArray(), received);
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], Ct));
    }

    [Theory]
    [InlineData(DownloadFaultKind.TooShort, 199_999)]
    [InlineData(DownloadFaultKind.TooLong, 200_001)]
    public async Task A_file_can_have_another_size_than_announced(DownloadFaultKind kind, int size)
    {
        using var response = await GetAsync(await UrlAsync(new DownloadFault { Kind = kind, Bytes = 1 }), "bytes=0-");
        Assert.Equal(size, response.Content.Headers.ContentLength);
        Assert.Equal(size, (await response.Content.ReadAsByteArrayAsync(Ct)).Length);
    }

    [Fact]
    public async Task A_range_can_be_ignored()
    {
        using var response = await GetAsync(await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.IgnoreRange }), "bytes=1000-");
        Assert.Equal((HttpStatusCode.OK, 200_000), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_byte_can_be_corrupt()
    {
        using var response = await GetAsync(
            await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.Corrupt, Bytes = 1500 }), "bytes=1000-");
        byte[] expected = Image[1000..];
        expected[500] ^= 0xFF;
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task A_client_that_offers_gzip_can_get_it()
    {
        var url = await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.Gzip, Times = 2 });
        using var plain = await GetAsync(url);
        Assert.Equal(Image, await plain.Content.ReadAsByteArrayAsync(Ct));
        using var response = await GetAsync(url, "bytes=1000-", gzip: true);
        Assert.Equal((HttpStatusCode.OK, "gzip"), (response.StatusCode, response.Content.Headers.ContentEncoding.ToString()));
        await using var body = new GZipStream(await response.Content.ReadAsStreamAsync(Ct), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        await body.CopyToAsync(unpacked, Ct);
        Assert.Equal(Image, unpacked.ToArray());
    }

    [Fact]
    public async Task A_slow_body_waits_a_second_of_the_hubs_clock_after_so_many_bytes()
    {
        using var arrived = new MemoryStream();
        await using var slow = new StruckBody(arrived, new DownloadFault { Kind = DownloadFaultKind.Slow, Bytes = 50_000 }, _clock);
        var writing = slow.WriteAsync(Image, Ct).AsTask();
        for (int second = 1; second <= 3; second++)
        {
            Assert.Equal(50_000 * second, arrived.Length);
            _clock.Advance(TimeSpan.FromMilliseconds(999));
            Assert.Equal(50_000 * second, arrived.Length);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await writing;
        Assert.Equal(Image, arrived.ToArray());
    }

    [Fact]
    public async Task A_slow_download_begins_at_once()
    {
        using var response = await GetAsync(await UrlAsync(new DownloadFault { Kind = DownloadFaultKind.Slow, Bytes = 1000 }), "bytes=7-");
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        byte[] first = new byte[1000];
        await body.ReadExactlyAsync(first, Ct);
        Assert.Equal(Image.AsSpan(7, 1000).ToArray(), first);
    }

    private async Task<Uri> UrlAsync(DownloadFault? fault = null)
    {
#pragma warning disable IDISP003 // Once per test.
        _hub = await HubEmulator.StartAsync(Example.Options(_clock), Ct);
#pragma warning restore IDISP003
        if (fault is not null) _hub.InjectDownloadFault(fault);
        return _hub.GetFirmwareUrl(_hub.AddFirmware("SUBPROD001", "1.0.0", Image));
    }

    private async Task<HttpResponseMessage> GetAsync(Uri url, string? range = null, bool gzip = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        if (gzip) request.Headers.AcceptEncoding.ParseAdd("gzip, deflate");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    private async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var response = await GetAsync(new Uri(url));
        return response.StatusCode;
    }
}
