using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Counter.Tests;

/// <summary>A pulse counter on a free port of loopback, which speaks real bytes.</summary>
internal sealed class CounterSimulator : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private long _count;

    public CounterSimulator()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long Count
    {
        get => Interlocked.Read(ref _count);
        set => Interlocked.Exchange(ref _count, value);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\n" };
            await writer.WriteLineAsync(AnswerTo(await reader.ReadLineAsync(_stop.Token)));
        }
    }

    private string AnswerTo(string? question)
    {
        if (question == "read count") return $"{Count}";
        if (question?.StartsWith("write count ", StringComparison.Ordinal) != true) return "error no such register";
        Count = long.Parse(question.AsSpan("write count ".Length), System.Globalization.CultureInfo.InvariantCulture);
        return "ok";
    }
}
