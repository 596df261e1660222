using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>Looks up names of hosts on threads of its own.</summary>
/// <remarks>
/// The platform's asynchronous look-up holds a thread of the pool until the name server has answered or given up, and with a few dozen
/// names and a dead name server nothing else has a thread for many seconds. Here a few threads wait, one for each name at most, and the
/// last answer stands in where there is none. Members may be called from any thread. A thread that waits for a dead name server keeps the
/// plugin in memory whose copy of this has begun it, until the system gives up: most often for half a minute.
/// </remarks>
public sealed class HostLookup
{
    /// <summary>How long a new answer is waited for at most where there is an earlier one.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How often in a row the name server may deny a name before its last address is forgotten: somebody else may have that by
    /// now.</summary>
    internal const int MaxDenials = 3;

    /// <summary>How many look-ups are under way at a time; more wait for their turn.</summary>
    internal const int MaxThreads = 16;

    /// <summary>How many names are remembered. Of more, the one that was asked for longest ago is forgotten.</summary>
    internal const int MaxHosts = 1024;

    private const int StackSize = 256 * 1024; // the C library's resolver needs a part of it
    private readonly Func<string, IPAddress[]> _resolve;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Host> _waiting = new();
    private int _threads;
    private long _questions;

    /// <param name="resolve">Gives the addresses of a name, and may take long; throws a <see cref="SocketException"/> where it
    /// cannot.</param>
    /// <param name="time">The clock.</param>
    internal HostLookup(Func<string, IPAddress[]> resolve, TimeProvider time) => (_resolve, _time) = (resolve, time);

    /// <summary>The one for all that shares this copy of the assembly: a gateway has one, and each plugin that uses the toolkit its
    /// own.</summary>
    public static HostLookup Shared { get; } = new(Dns.GetHostAddresses, TimeProvider.System);

    /// <summary>The addresses of a host: those that it has now, or those that it had last where that cannot be found out.</summary>
    /// <param name="host">A name, or an address, which is given back at once.</param>
    /// <param name="within">How long the caller has for this and for the connection: a third of it is left to a new answer where there is
    /// an earlier one, and at most <see cref="Grace"/>. <see langword="null"/> for that.</param>
    /// <param name="cancellationToken">Ends the waiting. A look-up that has begun goes on, for whoever asks next.</param>
    /// <exception cref="SocketException">It cannot be looked up, and never could; or the name server has denied it several
    /// times.</exception>
    public async Task<HostAddresses> FindAsync(string host, TimeSpan? within, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (IPAddress.TryParse(host, out var literal)) return new HostAddresses([literal], AreRemembered: false);
        var (answer, earlier) = Ask(host);
        if (earlier is null)
            return new HostAddresses((await answer.WaitAsync(cancellationToken).ConfigureAwait(false)).OrThrow(), AreRemembered: false);
        var grace = within / 3 is { } third && third < Grace ? third : Grace;
        try
        {
            var now = await answer.WaitAsync(grace, _time, cancellationToken).ConfigureAwait(false);
            return now.Failure is null
                ? new HostAddresses(now.Addresses, AreRemembered: false) : new HostAddresses(earlier, AreRemembered: true);
        }
        catch (TimeoutException)
        {
            return new HostAddresses(earlier, AreRemembered: true);
        }
    }

    private (Task<Answer> Answer, IPAddress[]? Earlier) Ask(string name)
    {
        lock (_gate)
        {
            if (!_hosts.TryGetValue(name, out var host))
            {
                if (_hosts.Count >= MaxHosts) Forget();
                _hosts.Add(name, host = new Host(name));
            }

            host.AskedAs = ++_questions;
            if (host.Pending is null)
            {
                if (_threads < MaxThreads) Start();
                host.Pending = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(host);
            }

            return (host.Pending.Task, host.Known);
        }
    }

    private void Forget()
    {
        if (_hosts.Values.Where(host => host.Pending is null).MinBy(host => host.AskedAs) is not { } idle)
            throw new SocketException((int)SocketError.TryAgain); // a thousand names are being looked up
        _hosts.Remove(idle.Name);
    }

    /// <summary>Starts a thread, which comes to its work when the lock is free.</summary>
    private void Start()
    {
        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "host look-up" }.Start();
            _threads++;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            if (_threads == 0) throw new SocketException((int)SocketError.TryAgain); // those that run take it, otherwise
        }
    }

    private void Work()
    {
        while (TryTake(out var host))
        {
            var answer = Resolve(host.Name);
            TaskCompletionSource<Answer> pending;
            lock (_gate)
            {
                pending = host.Pending!; // from when it was asked for until here
                host.Pending = null;
                host.Learn(answer);
            }

            pending.SetResult(answer);
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Host? host)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out host)) return true;
            _threads--;
            return false;
        }
    }

    private Answer Resolve(string name)
    {
        try
        {
            var addresses = _resolve(name);
            return addresses.Length > 0
                ? new Answer(addresses, Failure: null) : new Answer([], new SocketException((int)SocketError.HostNotFound));
        }
        catch (SocketException e)
        {
            return new Answer([], e);
        }
        catch (Exception)
        {
            return new Answer([], new SocketException((int)SocketError.HostNotFound)); // no name can be like this
        }
    }

    private sealed record Answer(IPAddress[] Addresses, SocketException? Failure)
    {
        /// <summary>Each who asked has an exception of its own.</summary>
        public IPAddress[] OrThrow() => Failure is null ? Addresses : throw new SocketException((int)Failure.SocketErrorCode);
    }

    private sealed class Host(string name)
    {
        private int _denials;

        public string Name => name;

        /// <summary>What the last answer was; <see langword="null"/> where there was none, or it holds no more.</summary>
        public IPAddress[]? Known { get; private set; }

        public TaskCompletionSource<Answer>? Pending { get; set; }

        /// <summary>The number of the newest question for it.</summary>
        public long AskedAs { get; set; }

        public void Learn(Answer answer)
        {
            _denials = answer.Failure?.SocketErrorCode == SocketError.HostNotFound ? _denials + 1 : 0;
            if (answer.Failure is null) Known = answer.Addresses;
            else if (_denials >= MaxDenials) Known = null;
        }
    }
}
