using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Benchmarks;

/// <summary>The quickest slave there is: the same ten registers to every request, with the request's transaction id.</summary>
internal static class EchoSlave
{
    /// <summary>The command that runs it.</summary>
    public const string Command = "echo-slave";

    /// <summary>Read holding registers, ten from 0, of unit 1; bytes 0 and 1 are the transaction id.</summary>
    public static ReadOnlySpan<byte> Request => [0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, 10];

    /// <summary>Bytes of the answer.</summary>
    public const int AnswerLength = 7 + 2 + (2 * 10);

    /// <summary>Says its port and serves until standard input ends. Blocking calls, for they are the quickest.</summary>
    public static void Run()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port); // bound above
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
        while (Console.ReadLine() is not null) { }
    }

    private static void Accept(Socket listener)
    {
        while (true)
        {
#pragma warning disable IDISP001 // The thread that serves it disposes it.
            var socket = listener.Accept();
#pragma warning restore IDISP001
            new Thread(() => Serve(socket)) { IsBackground = true }.Start();
        }
    }

    private static void Serve(Socket socket)
    {
#pragma warning disable IDISP007 // Handed over by Accept.
        using var closing = socket;
#pragma warning restore IDISP007
        socket.NoDelay = true;
        var request = new byte[Request.Length];
        byte[] answer = [0, 0, 0, 0, 0, AnswerLength - 6, 1, 3, 20, .. Enumerable.Range(0, 20).Select(i => (byte)i)];
        while (true)
        {
            for (int filled = 0; filled < request.Length;)
            {
                int read = socket.Receive(request.AsSpan(filled));
                if (read == 0) return;
                filled += read;
            }

            (answer[0], answer[1]) = (request[0], request[1]);
            socket.Send(answer);
        }
    }
}
