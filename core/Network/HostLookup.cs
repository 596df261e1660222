using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>Looks up names of hosts on threads of its own.</summary>
/// <remarks>
/// The platform's asynchronous look-up holds a thread of the pool until the name server has answered or given up, and with a few dozen
/// names and a dead name server nothing else has a thread for many seconds. Here a few threads wait, one for each name at most, and the
/// last answer stands in where there is none. Members may be called from any thread.
/// </remarks>
public sealed class HostLookup
{
    /// <summary>How long a new answer is waited for where there is an earlier one.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How many look-ups are under way at a time; more wait for their turn.</summary>
    internal const int MaxThreads = 16;

    /// <summary>How many names are remembered. Of more, one that nobody asks for is forgotten.</summary>
    internal const int MaxHosts = 1024;

    private const int StackSize = 256 * 1024; // the C library's resolver needs a part of it
    private readonly Func<string, IPAddress[]> _resolve;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Host> _waiting = new();
    private int _threads;

    /// <param name="resolve">Gives the addresses of a name, and may take long; throws a <see cref="SocketException"/> where it
    /// cannot.</param>
    /// <param name="time">The clock.</param>
    internal HostLookup(Func<string, IPAddress[]> resolve, TimeProvider time) => (_resolve, _time) = (resolve, time);

    /// <summary>The one that a process needs.</summary>
    public static HostLookup Shared { get; } = new(Dns.GetHostAddresses, TimeProvider.System);

    /// <summary>The addresses of a host: those that it has now, or those that it had last where that cannot be found out.</summary>
    /// <param name="host">A name, or an address, which is given back at once.</param>
    /// <param name="cancellationToken">Ends the waiting. A look-up that has begun goes on, for whoever asks next.</param>
    /// <exception cref="SocketException">It cannot be looked up, and never could.</exception>
    public async Task<HostAddresses> FindAsync(string host, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (IPAddress.TryParse(host, out var literal)) return new HostAddresses([literal], AreRemembered: false);
        var (answer, earlier) = Ask(host);
        if (earlier is null)
            return new HostAddresses((await answer.WaitAsync(cancellationToken).ConfigureAwait(false)).OrThrow(), AreRemembered: false);
        try
        {
            var now = await answer.WaitAsync(Grace, _time, cancellationToken).ConfigureAwait(false);
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

            if (host.Pending is null)
            {
                host.Pending = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(host);
                if (_threads < MaxThreads) Start();
            }

            return (host.Pending.Task, host.Known);
        }
    }

    private void Forget()
    {
        if (_hosts.Values.FirstOrDefault(host => host.Pending is null) is not { } idle)
            throw new SocketException((int)SocketError.TryAgain); // a thousand names are being looked up
        _hosts.Remove(idle.Name);
    }

    private void Start()
    {
        _threads++;
        new Thread(Work, StackSize) { IsBackground = true, Name = "host look-up" }.Start();
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
                if (answer.Failure is null) host.Known = answer.Addresses;
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
        catch (ArgumentException)
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
        public string Name => name;

        public IPAddress[]? Known { get; set; }

        public TaskCompletionSource<Answer>? Pending { get; set; }
    }
}
