using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>Opens TCP connections to hosts. Of a name with several addresses a silent one costs a moment, not all of the time.</summary>
/// <remarks>
/// Source: RFC 8305, section 5. The next address is tried when the one before has failed, or has not answered for <see cref="HeadStart"/>;
/// that one goes on meanwhile, and the first that answers is taken.
/// </remarks>
public static class HostConnection
{
    /// <summary>How long an address has for itself. As the RFC recommends.</summary>
    internal static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>How many addresses of a name are tried: whoever answers for it may say a thousand.</summary>
    internal const int MaxAddresses = 8;

    /// <summary>Looks a host up and connects, without Nagle's delay.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="within">The longest time for both together.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, which owns its socket.</returns>
    /// <exception cref="SocketException">The name cannot be looked up, or no address took the connection: the last failure, or
    /// <see cref="SocketError.TimedOut"/>. The message says so where an earlier address had to stand in, see
    /// <see cref="HostAddresses.Note"/>.</exception>
    public static Task<Stream> OpenAsync(
        string host, int port, TimeSpan within, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(HostLookup.Shared, ConnectAsync, host, port, within, time, cancellationToken);

    /// <summary>Connects to one of these addresses, as <see cref="OpenAsync(string, int, TimeSpan, TimeProvider, CancellationToken)"/>
    /// does, and looks up nothing.</summary>
    /// <param name="addresses">At least one, in the order in which they are tried.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="within">The longest time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, which owns its socket.</returns>
    /// <exception cref="SocketException">No address took the connection.</exception>
    public static Task<Stream> OpenAsync(
        HostAddresses addresses, int port, TimeSpan within, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(_ => Task.FromResult(addresses), ConnectAsync, port, within, time, cancellationToken);

    internal static Task<Stream> OpenAsync(
        HostLookup lookup,
        Func<IPEndPoint, CancellationToken, Task<Stream>> connect,
        string host,
        int port,
        TimeSpan within,
        TimeProvider time,
        CancellationToken cancellationToken) =>
        OpenAsync(token => lookup.FindAsync(host, within, token), connect, port, within, time, cancellationToken);

    private static async Task<Stream> OpenAsync(
        Func<CancellationToken, Task<HostAddresses>> find,
        Func<IPEndPoint, CancellationToken, Task<Stream>> connect,
        int port,
        TimeSpan within,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HostAddresses addresses = default;
        try
        {
            addresses = await find(either.Token).ConfigureAwait(false);
            IEnumerable<IPEndPoint> places = addresses.All.Take(MaxAddresses).Select(address => new IPEndPoint(address, port));
            return await FirstAsync(new Queue<IPEndPoint>(places), connect, time, either.Token).ConfigureAwait(false);
        }
        catch (SocketException e) when (addresses.AreRemembered)
        {
            throw new SocketException((int)e.SocketErrorCode, e.Message + addresses.Note);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException(
                (int)SocketError.TimedOut, $"no connection within {within.TotalSeconds:0.###} s{addresses.Note}");
        }
    }

    private static async Task<Stream> FirstAsync(
        Queue<IPEndPoint> places, Func<IPEndPoint, CancellationToken, Task<Stream>> connect, TimeProvider time, CancellationToken patience)
    {
        using var needless = CancellationTokenSource.CreateLinkedTokenSource(patience);
        List<Task<Stream>> attempts = [];
        try
        {
            while (true)
            {
                if (places.TryDequeue(out var place)) attempts.Add(connect(place, needless.Token));
                var wait = places.Count > 0 ? HeadStart : Timeout.InfiniteTimeSpan;
                if (await EndedAsync(attempts, wait, time, patience).ConfigureAwait(false) is not { } ended) continue;
                attempts.Remove(ended);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (SocketException) when (places.Count > 0 || attempts.Count > 0)
                {
                    // Another address may take it.
                }
            }
        }
        finally
        {
            await needless.CancelAsync().ConfigureAwait(false);
            foreach (var attempt in attempts) _ = CloseAsync(attempt); // cannot fail
        }
    }

    /// <returns>An attempt that has ended; null when the time is over.</returns>
    private static async Task<Task<Stream>?> EndedAsync(
        List<Task<Stream>> attempts, TimeSpan wait, TimeProvider time, CancellationToken patience)
    {
        try
        {
            return await Task.WhenAny(attempts).WaitAsync(wait, time, patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>One that connects in the very moment in which another one was taken.</summary>
    private static async Task CloseAsync(Task<Stream> attempt)
    {
        try
        {
            await (await attempt.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It did not come about, and nobody needs it.
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint place, CancellationToken cancellationToken)
    {
#pragma warning disable IDISP001 // The stream owns it; without a stream it is disposed below.
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
#pragma warning restore IDISP001
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(place, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
