using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Request = (BridgeFramework.Runtime.CloudAction Action, BridgeFramework.SubDeviceId Device, string Text,
    System.Threading.Tasks.TaskCompletionSource<BridgeFramework.Runtime.CloudAnswer> Answer);

namespace BridgeFramework.Runtime.Tests;

/// <summary>
/// A hub with its bind table, behind the pace that a session keeps with the cloud: 15 requests a second, 20 at once. Answers take a while,
/// some are lost, some are refusals, and the connection goes at any time.
/// </summary>
internal sealed class SimulatedHub(SimulatedTime time, Random random) : ISubDeviceOperations
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(200);

    /// <summary>Three attempts of 5 s each.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(15);

    private readonly Dictionary<SubDeviceId, Seat> _seats = [];
    private readonly Queue<Request> _waiting = new();
    private readonly List<Request> _unanswered = [];
    private readonly Queue<TimeSpan> _lastMinute = new();
    private readonly HashSet<string> _subscribed = new(StringComparer.Ordinal);
    private readonly TokenBucket _pace = new(PublishPace.Cloud, time);
    private Func<HubList?>? _list;
    private bool _isPumping;
    private int _connection;

    /// <summary>Who hears of the console, on the connection.</summary>
    public Action<SubDeviceId, bool>? Changed { get; set; }

    public bool IsUp { get; private set; }

    /// <summary>How often something goes wrong with a request, 0 to 1.</summary>
    public double Trouble { get; set; }

    /// <summary>Answers for the hub where it is not null.</summary>
    public Func<CloudAction, SubDeviceId, CloudAnswer?>? Script { get; set; }

    /// <summary>Everything asked, in order.</summary>
    public List<(CloudAction Action, SubDeviceId Id)> Asked { get; } = [];

    /// <summary>Every version reported, whether it arrived or not.</summary>
    public List<(TimeSpan At, SubDeviceId Id, string Version)> Reports { get; } = [];

    /// <summary>Whether the hub says that it has a version; otherwise it has it and says nothing.</summary>
    public bool ConfirmsVersions { get; set; } = true;

    /// <summary>What it lists as bound; null where it does not answer.</summary>
    public Func<HubList?> List { get => _list ?? (() => new HubList(Bound.ToHashSet(), IsWhole: true)); set => _list = value; }

    /// <summary>When it was asked for that.</summary>
    public List<TimeSpan> Lists { get; } = [];

    public int Operations { get; private set; }
    public int ReportsNotConfirmed { get; private set; }
    public int MostReportsUnderWay { get; private set; }
    public int NotAccepted { get; private set; }
    public int BindsAccepted { get; private set; }
    public int MostUnderWay { get; private set; }
    public int MostInAMinute { get; private set; }
    public int MostInASecond { get; private set; }
    public int MostSubscribed { get; private set; }

    /// <summary>The topics of commands that it is subscribed with now.</summary>
    public IReadOnlyCollection<string> Subscribed => _subscribed;

    public void Add(SubDeviceId id, bool isBound) => _seats.Add(id, new Seat { IsBound = isBound });

    public bool IsOnline(SubDeviceId id) => _seats[id].IsOnline;

    /// <summary>The version that the hub has; it outlasts connections.</summary>
    public string? VersionOf(SubDeviceId id) => _seats[id].Version;

    public bool IsBound(SubDeviceId id) => _seats[id].IsBound;

    public IEnumerable<SubDeviceId> Bound => _seats.Where(seat => seat.Value.IsBound).Select(seat => seat.Key);

    public void Connect() => IsUp = true;

    /// <param name="forgets">A restart: nobody is online there any more. Otherwise the hub remembers.</param>
    public void Disconnect(bool forgets)
    {
        (IsUp, _isPumping) = (false, false);
        _connection++;
        _waiting.Clear();
        _subscribed.Clear();
        foreach (var request in _unanswered.ToList()) Answer(request, new CloudAnswer(CloudEvent.Failed, "The session went offline."));
        if (!forgets) return;
        foreach (var seat in _seats.Values) seat.IsOnline = false;
    }

    /// <summary>Somebody binds or unbinds in the console; the gateway hears of it if it is connected.</summary>
    public void Change(SubDeviceId id, bool isBound)
    {
        var seat = _seats[id];
        (seat.IsBound, seat.IsOnline) = (isBound, seat.IsOnline && isBound);
        if (IsUp) Later(RoundTrip / 2, () => Changed?.Invoke(id, isBound));
    }

    public Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDevicePlan device, CancellationToken cancellationToken)
    {
        if (action is not (CloudAction.Subscribe or CloudAction.Unsubscribe)) Operations++;
        return Ask(action, device.Id, CommandTopics.CommandsOf(device));
    }

    public Task<CloudAnswer> AnnounceVersionAsync(SubDeviceId device, string version, CancellationToken cancellationToken)
    {
        Reports.Add((time.Now, device, version));
        return Ask(CloudAction.AnnounceVersion, device, version);
    }

    public Task<HubList?> ListAsync(CancellationToken cancellationToken)
    {
        Lists.Add(time.Now);
        return Task.FromResult(IsUp ? List() : null);
    }

    /// <param name="action">What is asked.</param>
    /// <param name="device">The sub-device.</param>
    /// <param name="text">The topic of its commands, or its version.</param>
    private Task<CloudAnswer> Ask(CloudAction action, SubDeviceId device, string text)
    {
        Asked.Add((action, device));
        Assert.DoesNotContain(_unanswered, request => request.Device == device);
        var scripted = IsUp ? Script?.Invoke(action, device) : null;
        var request = new Request(action, device, text, new TaskCompletionSource<CloudAnswer>());
        _unanswered.Add(request);
        MostUnderWay = Math.Max(MostUnderWay, _unanswered.Count);
        MostReportsUnderWay = Math.Max(MostReportsUnderWay, _unanswered.Count(open => open.Action == CloudAction.AnnounceVersion));
        if (!IsUp) Answer(request, new CloudAnswer(CloudEvent.Failed, "The session is offline."));
        else if (scripted is { } answer) Later(RoundTrip, () => Answer(request, answer));
        else if (action is CloudAction.Subscribe or CloudAction.Unsubscribe) Later(RoundTrip, () => Subscribe(request));
        else if (action == CloudAction.AnnounceVersion) TakeVersion(request);
        else _waiting.Enqueue(request);
        Pump();
        return request.Answer.Task;
    }

    private void Pump()
    {
        while (!_isPumping && _waiting.Count > 0)
        {
            if (!_pace.TryTake(out var wait))
            {
                _isPumping = true;
                Later(wait, () =>
                {
                    _isPumping = false;
                    Pump();
                });
                return;
            }

            Send(_waiting.Dequeue());
        }
    }

    private void Send(Request request)
    {
        while (_lastMinute.TryPeek(out var oldest) && time.Now - oldest > TimeSpan.FromMinutes(1)) _lastMinute.Dequeue();
        _lastMinute.Enqueue(time.Now);
        MostInAMinute = Math.Max(MostInAMinute, _lastMinute.Count);
        MostInASecond = Math.Max(MostInASecond, _lastMinute.Reverse().TakeWhile(at => time.Now - at < TimeSpan.FromSeconds(1)).Count());
        double dice = random.NextDouble();
        bool arrives = dice >= Trouble / 4;
        bool isAnswered = dice >= Trouble / 2;
        if (isAnswered && dice < Trouble)
        {
            Later(RoundTrip, () => Answer(
                request, dice < Trouble * 3 / 4 ? new CloudAnswer(CloudEvent.Failed, "-2") : new CloudAnswer(CloudEvent.Refused, "802")));
            return;
        }

        if (!isAnswered) Later(GivenUpAfter, () => Answer(request, new CloudAnswer(CloudEvent.Failed, "unanswered")));
        if (!arrives) return;
        Later(RoundTrip / 2, () =>
        {
            var result = Process(request.Action, _seats[request.Device]);
            string? reason = result == CloudEvent.NotBound ? "-1" : null;
            if (isAnswered) Later(RoundTrip / 2, () => Answer(request, new CloudAnswer(result, reason)));
        });
    }

    private static CloudEvent Process(CloudAction action, Seat seat)
    {
        if (action == CloudAction.Bind) seat.IsBound = true;
        else if (action == CloudAction.Unbind) (seat.IsBound, seat.IsOnline) = (false, false);
        else if (!seat.IsBound) return CloudEvent.NotBound;
        else seat.IsOnline = action == CloudAction.BringOnline;
        return CloudEvent.Accepted;
    }

    private void Subscribe(Request request)
    {
        if (request.Action == CloudAction.Subscribe) _subscribed.Add(request.Text);
        else _subscribed.Remove(request.Text);
        MostSubscribed = Math.Max(MostSubscribed, _subscribed.Count);
        Answer(request, new CloudAnswer(CloudEvent.Accepted));
    }

    private void TakeVersion(Request request)
    {
        double dice = random.NextDouble();
        if (dice >= Trouble / 2) Later(RoundTrip / 2, () => _seats[request.Device].Version = request.Text);
        if (ConfirmsVersions && dice >= Trouble) Later(RoundTrip, () => Answer(request, new CloudAnswer(CloudEvent.Accepted)));
        else Later(GivenUpAfter, () => Answer(request, new CloudAnswer(CloudEvent.Failed, "not confirmed")));
    }

    private void Answer(Request request, CloudAnswer answer)
    {
        if (!_unanswered.Remove(request)) return;
        if (request.Action == CloudAction.AnnounceVersion) ReportsNotConfirmed += answer.Event == CloudEvent.Accepted ? 0 : 1;
        else if (answer.Event != CloudEvent.Accepted) NotAccepted++;
        else if (request.Action == CloudAction.Bind) BindsAccepted++;
        request.Answer.SetResult(answer);
    }

    private void Later(TimeSpan wait, Action action)
    {
        int connection = _connection;
        time.After(wait, () =>
        {
            if (connection == _connection) action();
        });
    }

    private sealed class Seat
    {
        public bool IsBound { get; set; }
        public bool IsOnline { get; set; }
        public string? Version { get; set; }
    }
}
