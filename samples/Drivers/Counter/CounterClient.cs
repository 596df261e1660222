using System.Net.Sockets;
using System.Text;
using BridgeFramework;

namespace Example.Counter;

/// <summary>Asks a counter one question: a line there, a line back, over a connection of its own.</summary>
internal sealed class CounterClient(TimeSpan timeout, TimeProvider time)
{
    private const int MaxAnswer = 64;

    /// <exception cref="LinkDownException">The counter takes no connection, or closed it.</exception>
    /// <exception cref="DeviceUnreachableException">No answer in time.</exception>
    /// <exception cref="DeviceRejectedException">The counter answered with an error.</exception>
    public async Task<string> AskAsync(CounterDeviceSettings counter, string question, CancellationToken cancellationToken)
    {
        string endpoint = $"{counter.Host}:{counter.Port}";
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(counter.Host, counter.Port, either.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\n"), either.Token);
            string answer = await ReadLineAsync(stream, either.Token);
            return answer.StartsWith("error", StringComparison.Ordinal)
                ? throw new DeviceRejectedException($"The counter at {endpoint} refused '{question}': {answer}.")
                : answer;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new LinkDownException($"The counter at {endpoint} cannot be reached: {e.Message} Check host, port and power.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeviceUnreachableException($"The counter at {endpoint} did not answer '{question}' within {timeout.TotalSeconds:0.###} s.", e);
        }
    }

    /// <summary>Reads a line, and not a byte more than the longest one: a device that never ends its line must not fill the memory.</summary>
    private static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[MaxAnswer];
        for (int length = 0; length < MaxAnswer;)
        {
            int read = await stream.ReadAsync(answer.AsMemory(length), cancellationToken);
            if (read == 0) throw new IOException("The connection was closed before the answer was complete.");
            length += read;
            int end = answer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0) return Encoding.ASCII.GetString(answer, 0, end);
        }

        throw new IOException($"The answer is longer than {MaxAnswer} bytes.");
    }
}
