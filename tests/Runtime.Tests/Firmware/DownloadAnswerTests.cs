using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What a server can answer, each with what the download makes of it.</summary>
public sealed class DownloadAnswerTests : IDisposable
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 90_000).Select(i => (byte)((3 * i) + (i >> 8)))];
#pragma warning disable CA5351 // The hub names the MD5 of an image.
    private static readonly ImageKey Key = new(Convert.ToHexStringLower(MD5.HashData(Image)), Image.Length);
#pragma warning restore CA5351
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-download-");
    private readonly ScriptedHttp _server = new(Image);
    private readonly HttpClient _http;
    private readonly Source _source = new();

    public DownloadAnswerTests() => _http = new HttpClient(_server);

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A name for the answers, how often the first request meets them, and how the download ends; null for well.</summary>
    public static TheoryData<string, int, string?> Answers => new()
    {
        { "200 with the whole file", 1, null },
        { "206 from another byte", 1, nameof(DownloadTrouble.Refused) },
        { "206 without a range", 1, nameof(DownloadTrouble.Refused) },
        { "206 of a longer file", 1, null },
        { "206 of a longer file", 2, nameof(DownloadTrouble.WrongFile) },
        { "206 with more than it says", 2, nameof(DownloadTrouble.WrongFile) },
        { "206 with less than it says", 1, null },
        { "206 with less than it says", 2, nameof(DownloadTrouble.Short) },
        { "206 with nothing", 1, null },
        { "206 with nothing", 2, nameof(DownloadTrouble.Short) },
        { "200 of a shorter file", 2, nameof(DownloadTrouble.WrongFile) },
        { "packed although it was not offered", 1, nameof(DownloadTrouble.Refused) },
        { "416", 1, null },
        { "416", 2, nameof(DownloadTrouble.WrongFile) },
        { "403", 2, null },
        { "403", 3, nameof(DownloadTrouble.Expired) },
        { "404", 1, nameof(DownloadTrouble.NotFound) },
        { "410", 1, nameof(DownloadTrouble.NotFound) },
        { "401", 1, nameof(DownloadTrouble.Refused) },
        { "408", 9, null },
        { "408", 10, nameof(DownloadTrouble.Interrupted) },
        { "429", 10, nameof(DownloadTrouble.Busy) },
        { "503", 9, null },
        { "204", 1, nameof(DownloadTrouble.Refused) },
        { "it cannot be reached", 9, null },
        { "it cannot be reached", 10, nameof(DownloadTrouble.Interrupted) },
        { "it ends in the middle", 9, null },
        { "it stalls in the middle", 1, null },
        { "a redirect without an address", 1, nameof(DownloadTrouble.Refused) },
        { "a redirect to another path", 5, null },
        { "a redirect to another path", 6, nameof(DownloadTrouble.Refused) },
        { "a redirect from https to http", 1, nameof(DownloadTrouble.Refused) },
        { "a redirect from http to https", 1, null },
        { "a redirect to a file", 1, nameof(DownloadTrouble.Refused) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_leads_where_it_should(string name, int times, string? end)
    {
        if (name.Contains("from https", StringComparison.Ordinal)) _source.Url = new Uri("https://files/fw.bin?sign=secret");
        _server.Next(request => AnswerOf(name, request), times);

        var exception = await Step.Of("the download ends", async ct =>
        {
            try
            {
                await Download().RunAsync(Key, _source, ct);
                return null;
            }
            catch (DownloadException caught)
            {
                return caught;
            }
        });

        Assert.Equal(end, exception?.Trouble.ToString());
        if (end is null)
            Assert.Equal(Image, await File.ReadAllBytesAsync(
                Path.Combine(_folder.FullName, $"{Key.FileName}.bin"), TestContext.Current.CancellationToken));
        else Assert.Empty(_folder.GetFiles("*.bin"));
        Assert.DoesNotContain("secret", exception?.Message ?? "", StringComparison.Ordinal);
        Assert.All(_server.Encodings, encoding => Assert.Equal("identity", encoding));
    }

    [Fact]
    public async Task What_has_come_before_a_stall_is_not_asked_for_again()
    {
        _server.Next(request => AnswerOf("it stalls in the middle", request));

        await Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct));

        Assert.Equal([0L, 45_000L], _server.Asked.Select(asked => asked.From));
        Assert.Equal(_source.Reported.Order(), _source.Reported);
        Assert.Equal(Image.Length, _source.Reported[^1]);
    }

    [Fact]
    public async Task What_an_answer_brings_that_is_shorter_than_it_says_is_not_built_upon()
    {
        _server.Next(request => AnswerOf("206 with less than it says", request), times: 5);

        var exception = await Assert.ThrowsAsync<DownloadException>(
            () => Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct)));

        Assert.Equal([0L, 0L], _server.Asked.Select(asked => asked.From));
        Assert.Contains("bytes 0 to 89999 and sends 45000 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gives_the_whole_file_in_place_of_the_rest_starts_it_anew()
    {
        _server.Next(request => AnswerOf("it ends in the middle", request));
        _server.Next(request => AnswerOf("200 with the whole file", request));

        await Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct));

        Assert.Equal([0L, 45_000L], _server.Asked.Select(asked => asked.From));
    }

    [Fact]
    public async Task A_server_that_always_begins_at_the_start_and_never_comes_to_the_end_is_given_up()
    {
        for (int i = 0; i < 50; i++)
        {
            byte[] part = Image[..(i % 2 == 0 ? 40_000 : 30_000)];
            _server.Next(_ => Whole(part));
        }

        var exception = await Assert.ThrowsAsync<DownloadException>(
            () => Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct)));

        Assert.Equal(DownloadTrouble.Interrupted, exception.Trouble);
        Assert.InRange(_server.Asked.Count, ImageDownload.MaxTries, ImageDownload.MaxTries + 1);

        static HttpResponseMessage Whole(byte[] body)
        {
            var answer = ScriptedHttp.With(HttpStatusCode.OK, body);
            answer.Content.Headers.ContentLength = null;
            return answer;
        }
    }

    [Fact]
    public async Task A_renewed_address_is_the_one_that_is_asked()
    {
        _server.Next(request => AnswerOf("403", request));

        await Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct));

        Assert.Equal([new Uri("http://files/fw.bin?sign=secret"), new Uri("http://files/renewed-1?sign=secret")], _server.Asked.Select(
            asked => asked.Url));
    }

    [Fact]
    public async Task A_full_disk_ends_it_with_words_for_the_operator()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        string part = Path.Combine(_folder.FullName, $"{Key.FileName}.part");
        File.CreateSymbolicLink(part, "/dev/full");

        var exception = await Assert.ThrowsAsync<DownloadException>(
            () => Step.Of("the download ends", ct => Download().RunAsync(Key, _source, ct)));

        Assert.Equal(DownloadTrouble.NoRoom, exception.Trouble);
        Assert.Contains("disk", exception.Message, StringComparison.Ordinal);
    }

    private HttpResponseMessage AnswerOf(string name, HttpRequestMessage request)
    {
        switch (name)
        {
            case "200 with the whole file": return ScriptedHttp.With(HttpStatusCode.OK, Image);
            case "206 from another byte": return Ranged(Image[5..], new ContentRangeHeaderValue(5, Image.Length - 1, Image.Length));
            case "206 without a range": return ScriptedHttp.With(HttpStatusCode.PartialContent, Image);
            case "206 of a longer file": return Ranged([.. Image, 1], new ContentRangeHeaderValue(0, Image.Length, Image.Length + 1));
            case "206 with more than it says": return Ranged([.. Image, 1], new ContentRangeHeaderValue(0, Image.Length - 1, Image.Length));
            case "206 with less than it says":
                var shorter = ScriptedHttp.With(HttpStatusCode.PartialContent, Rest(request)); // its Content-Length says so
                shorter.Content.Headers.ContentRange = new ContentRangeHeaderValue(From(request), Image.Length - 1, Image.Length);
                return shorter;
            case "206 with nothing": return Ranged([], new ContentRangeHeaderValue(From(request), Image.Length - 1, Image.Length));
            case "200 of a shorter file": return ScriptedHttp.With(HttpStatusCode.OK, Image[1..]);
            case "packed although it was not offered":
                var packed = _server.Good(request);
                packed.Content.Headers.ContentEncoding.Add("gzip");
                return packed;
            case "it cannot be reached": throw new HttpRequestException("Connection refused (files:80)");
            case "it ends in the middle":
                return Ranged(
                Rest(request), new ContentRangeHeaderValue(From(request), Image.Length - 1, Image.Length));
            case "it stalls in the middle":
                var stalled = ScriptedHttp.Over(HttpStatusCode.PartialContent, new StalledStream(Rest(request)));
                stalled.Content.Headers.ContentRange = new ContentRangeHeaderValue(From(request), Image.Length - 1, Image.Length);
                return stalled;
            case "a redirect without an address": return ScriptedHttp.Status(HttpStatusCode.Found);
            case "a redirect to another path": return ScriptedHttp.Status(HttpStatusCode.TemporaryRedirect, "/elsewhere?sign=secret");
            case "a redirect from https to http": return ScriptedHttp.Status(HttpStatusCode.Found, "http://files/fw.bin");
            case "a redirect from http to https": return ScriptedHttp.Status(HttpStatusCode.Found, "https://files/fw.bin");
            case "a redirect to a file": return ScriptedHttp.Status(HttpStatusCode.Found, "file:///etc/passwd");
            default: return ScriptedHttp.Status((HttpStatusCode)int.Parse(name, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static HttpResponseMessage Ranged(byte[] body, ContentRangeHeaderValue range)
    {
        var answer = ScriptedHttp.With(HttpStatusCode.PartialContent, body);
        answer.Content.Headers.ContentLength = null;
        answer.Content.Headers.ContentRange = range;
        return answer;
    }

    private static long From(HttpRequestMessage request) => request.Headers.Range?.Ranges.Single().From ?? 0;

    /// <summary>The first 50000 bytes of what is asked for, or the half of what is left.</summary>
    private static byte[] Rest(HttpRequestMessage request)
    {
        byte[] rest = Image[(int)From(request)..];
        return rest[..Math.Min(50_000, rest.Length / 2)];
    }

    private ImageDownload Download()
    {
        var time = new FasterTime(120);
        var store = new ImageStore(new PrivateFolder(_folder.FullName), new FirmwareSettings { Reserve = 0 }, () =>
            new HashSet<ImageKey>(), _ => long.MaxValue, NullLogger<ImageStore>.Instance);
        return new ImageDownload(
            store, new ImageRequest(_http, FirmwareBench.Origins), new ByteRate(0, time), _ => Task.CompletedTask, time,
                NullLogger<ImageDownload>.Instance);
    }

    private sealed class Source : IImageSource
    {
        private int _renewals;

        public Uri Url { get; set; } = new("http://files/fw.bin?sign=secret");

        public List<long> Reported { get; } = [];

        public void Advance(long bytes) => Reported.Add(bytes);

        public Task RenewAsync(CancellationToken cancellationToken)
        {
            Url = new Uri($"http://files/renewed-{++_renewals}?sign=secret");
            return Task.CompletedTask;
        }
    }
}
