using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A server that answers one request after another as a test says, and then every one as it should.</summary>
internal sealed class ScriptedHttp(byte[] file) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<HttpRequestMessage, HttpResponseMessage>> _answers = new();

    /// <summary>What was asked for: address and first byte.</summary>
    public ConcurrentQueue<(Uri Url, long From)> Asked { get; } = new();

    /// <summary>What clients offered to take packed.</summary>
    public ConcurrentQueue<string> Encodings { get; } = new();

    public void Next(Func<HttpRequestMessage, HttpResponseMessage> answer, int times = 1)
    {
        for (int i = 0; i < times; i++) _answers.Enqueue(answer);
    }

    /// <summary>206 with the bytes from an offset on, as they should be.</summary>
    public HttpResponseMessage Good(HttpRequestMessage request)
    {
        long from = FromOf(request);
        var answer = With(HttpStatusCode.PartialContent, file[(int)from..]);
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, file.Length - 1, file.Length);
        return answer;
    }

    public static HttpResponseMessage Status(HttpStatusCode status, string? location = null)
    {
        var answer = With(status, []);
        if (location is not null) answer.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute);
        return answer;
    }

    public static HttpResponseMessage With(HttpStatusCode status, byte[] body) => Over(status, new MemoryStream(body));

    public static HttpResponseMessage Over(HttpStatusCode status, Stream body) => new(status) { Content = new StreamContent(body) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Enqueue((request.RequestUri!, FromOf(request))); // ! a request has an address
        Encodings.Enqueue(request.Headers.AcceptEncoding.ToString());
        return Task.FromResult(_answers.TryDequeue(out var answer) ? answer(request) : Good(request));
    }

    private static long FromOf(HttpRequestMessage request) => request.Headers.Range?.Ranges.Single().From ?? 0;
}

/// <summary>A body that brings some bytes and then nothing, for ever.</summary>
internal sealed class StalledStream(byte[] first) : Stream
{
    private int _read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(buffer.Length, first.Length - _read);
        if (count == 0) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        first.AsMemory(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
