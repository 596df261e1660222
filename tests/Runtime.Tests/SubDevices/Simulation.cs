using System.Globalization;
using System.Text.Json;
using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A reconciler and a hub in simulated time, on one thread: the same seed does the same.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly SingleThread _thread = new();
    private SubDeviceOptions _options;
    private IReadOnlyList<SubDevicePlan> _devices;
    private IReadOnlyList<SubDeviceId> _leaving = [];
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _attempt;

    /// <param name="devices">Sub-devices, and whether the hub has them bound.</param>
    /// <param name="options">Bounds of the reconciler.</param>
    /// <param name="random">Where trouble comes from.</param>
    public Simulation(IEnumerable<(SubDevicePlan Device, bool IsBound)> devices, SubDeviceOptions? options = null, Random? random = null)
    {
        Hub = new SimulatedHub(Time, random ?? new Random(1));
        var all = devices.ToList();
        foreach (var (device, isBound) in all) Hub.Add(device.Id, isBound);
        (_options, _devices) = (options ?? new SubDeviceOptions(), [.. all.Select(pair => pair.Device)]);
        Bindings = NewBindings();
        Reconciler = Start();
    }

    public SimulatedTime Time { get; } = new();
    public SimulatedHub Hub { get; }
    public SubDeviceReconciler Reconciler { get; private set; }
    public BindingBook Bindings { get; private set; }

    /// <summary>What followers were told.</summary>
    public List<(SubDeviceId Id, CloudState State)> Told { get; } = [];

    public FakeLogCollector Log { get; } = new();

    /// <summary>How many the gateway takes for online.</summary>
    public int Online => Reconciler.Snapshot().Count(status => status.Cloud == CloudState.Online);

    /// <summary>Makes a sub-device without channel settings.</summary>
    public static SubDevicePlan Device(string name, bool hasSecret = true, params PointAccess[] points) => new()
    {
        Id = SubDeviceId.Parse("SUBPROD001/" + name),
        Secret = hasSecret ? new Secret("AAAA") : null,
        Settings = JsonElement.Parse("{}"),
        Points = [.. points.Select((access, n) => new PointPlan { Name = "p" + n.ToString(CultureInfo.InvariantCulture),
            At = JsonElement.Parse("{}"), Access = access, Interval = TimeSpan.FromSeconds(1) })],
    };

    /// <summary>One that the hub has had online for a while, after one operation.</summary>
    public static Simulation OneOnline(SubDevicePlan device)
    {
        var simulation = new Simulation([(device, true)]);
        simulation.SetPresence(device.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(2));
        Assert.Equal((true, 1), (simulation.Hub.IsOnline(device.Id), simulation.Hub.Operations));
        return simulation;
    }

    /// <summary>Many that are bound and present; no connection yet.</summary>
    public static Simulation Many(int count)
    {
        var simulation = new Simulation(Enumerable.Range(1, count).Select(n => (Device($"m{n:000}"), true)));
        foreach (var device in simulation.Reconciler.Snapshot()) simulation.SetPresence(device.Id, Presence.Present);
        return simulation;
    }

    /// <summary>These sub-devices from now on, all on one channel; and those that leave.</summary>
    public void Apply(
        IReadOnlyList<SubDevicePlan> devices, IReadOnlyList<SubDeviceId>? leaving = null, SubDeviceOptions? options = null)
    {
        (_devices, _leaving, _options) = (devices, leaving ?? [], options ?? _options);
        ApplyTo(Reconciler);
    }

    /// <summary>The gateway is started anew; the hub stays as it is.</summary>
    /// <param name="bindings">What it has written down of binds.</param>
    public void Restart(BindingBook bindings)
    {
        Disconnect();
        Stop();
        _stop.Dispose();
        (_stop, Bindings) = (new CancellationTokenSource(), bindings);
        Reconciler = Start();
    }

    /// <summary>Nothing is written down.</summary>
    public BindingBook NewBindings() => new(file: null, "GWPROD0001/gw1", _devices, Time, new FakeLogger<BindingBook>(Log));

    public void Connect()
    {
        Hub.Connect();
        Reconciler.SessionUp(++_attempt);
    }

    public void Disconnect(bool forgets = false)
    {
        Hub.Disconnect(forgets);
        Reconciler.SessionLost();
    }

    public void SetPresence(SubDeviceId id, Presence presence) => Reconciler.SetPresence(id, presence, reason: null);

    public void SetFirmwareVersion(SubDeviceId id, string version) => Reconciler.SetFirmwareVersion(id, version);

    public SubDeviceStatus StatusOf(SubDeviceId id) => Reconciler.Snapshot().Single(status => status.Id == id);

    /// <summary>Lets time pass, and everything happen that is due in it.</summary>
    public void Run(TimeSpan span)
    {
        var end = Time.Now + span;
        bool more = true;
        _thread.Do(() => { });
        while (more) _thread.Do(() => more = Time.TryStep(end));
    }

    public void Stop()
    {
        if (_running.IsCompleted) return;
        _thread.Do(() =>
        {
            _stop.Cancel();
            Hub.Disconnect(forgets: false);
        });
        Assert.True(_running.IsCompleted, "The reconciler did not stop when told to.");
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private SubDeviceReconciler Start()
    {
        var reconciler = new SubDeviceReconciler(
            Hub, Bindings, (id, state) => Told.Add((id, state)), Time, new FakeLogger<SubDeviceReconciler>(Log));
        ApplyTo(reconciler);
        Hub.Changed = reconciler.TopologyChanged;
        _thread.Do(() => _running = Task.WhenAll(reconciler.RunAsync(_stop.Token), reconciler.InquireAsync(_stop.Token)));
        return reconciler;
    }

    private void ApplyTo(SubDeviceReconciler reconciler) =>
        reconciler.Apply([.. _devices.Select(device => ("line1", device))], _leaving, _options);
}
