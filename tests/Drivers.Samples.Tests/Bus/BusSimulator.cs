using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Drivers.Samples.Tests.Bus;

/// <summary>A coupler with units behind it. It notes what it was asked, and answers only what it is told to.</summary>
internal sealed class BusSimulator : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _underWay;

    public BusSimulator()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The registers by unit and number: <c>17 3</c>. A unit without any is silent.</summary>
    public ConcurrentDictionary<string, long> Registers { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>When set, answers wait for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>The most questions that were under way at a time.</summary>
    public int MostUnderWay { get; private set; }

    public int Connections { get; private set; }

    public TcpClient? Client { get; private set; }

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
            Client = client;
            Connections++;
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\n", AutoFlush = true };
            try
            {
                while (await reader.ReadLineAsync(_stop.Token) is { } question)
                {
                    MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
                    Asked.Enqueue(question);
                    if (Hold is { } hold) await hold.Task.WaitAsync(_stop.Token);
                    if (AnswerTo(question) is { } answer) await writer.WriteLineAsync(answer);
                    _underWay--;
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The test closed the connection; the next one comes.
            }
        }
    }

    private string? AnswerTo(string question)
    {
        string[] words = question.Split(' ');
        if (!Registers.Keys.Any(register => register.StartsWith($"{words[0]} ", StringComparison.Ordinal))) return null;
        string register = $"{words[0]} {words[2]}";
        if (!Registers.TryGetValue(register, out long value)) return $"{question} ! no such register";
        if (words[1] == "r") return $"{question} {value}";
        Registers[register] = long.Parse(words[3], CultureInfo.InvariantCulture);
        return $"{question} ok";
    }
}
