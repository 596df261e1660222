using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;

namespace BridgeFramework.Gateway;

/// <summary>Lets so many connections in at a time, and tells each other one that the gateway is busy.</summary>
/// <remarks>The server's own limit closes the connection without a word, which looks like a gateway that has died.</remarks>
internal sealed class AdminDoor
{
    /// <summary>How many may be inside.</summary>
    public const int Places = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly byte[] Busy = Answer(new AdminError(
        AdminError.Busy,
        $"The gateway is busy: {Places} commands or programs are asking it already. Try again in a few seconds; if it stays so, end what "
            + "holds connections to its socket."));

    private int _inside;

    /// <summary>Puts itself before what answers.</summary>
    public ConnectionDelegate Before(ConnectionDelegate answering) => async connection =>
    {
        if (Interlocked.Increment(ref _inside) > Places)
        {
            Interlocked.Decrement(ref _inside);
            await RefuseAsync(connection);
            return;
        }

        try
        {
            await answering(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    };

    private static async Task RefuseAsync(ConnectionContext connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(Patience);
        try
        {
            // The question first: a socket that is closed with something unread in it takes the answer with it.
            var question = await connection.Transport.Input.ReadAsync(patience.Token);
            connection.Transport.Input.AdvanceTo(question.Buffer.End);
            await connection.Transport.Output.WriteAsync(Busy, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It asks nothing, or has gone.
        }
    }

    private static byte[] Answer(AdminError error)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(error, AdminJson.Default.AdminError);
        byte[] head = Encoding.ASCII.GetBytes(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n"
                + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        return [.. head, .. body];
    }
}
