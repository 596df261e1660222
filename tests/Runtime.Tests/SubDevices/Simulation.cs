using System.Globalization;
using System.Text.Json;
using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A reconciler and a hub in simulated time, on one thread: the same seed does the same.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly SingleThread _thread = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _attempt;

    /// <param name="devices">Sub-devices, and whether the hub has them bound.</param>
    /// <param name="options">Bounds of the reconciler.</param>
    /// <param name="random">Where trouble comes from.</param>
    public Simulation(IEnumerable<(SubDevicePlan Device, bool IsBound)> devices, SubDeviceOptions? options = null, Random? random = null)
    {
        Hub = new SimulatedHub(Time, random ?? new Random(1));
        var all = devices.ToList();
        foreach (var (device, isBound) in all) Hub.Add(device.Id, isBound);
        Reconciler = new SubDeviceReconciler(
            [.. all.Select(pair => ("line1", pair.Device))], Hub, options ?? new SubDeviceOptions(), (_, _) =>
                { }, Time, NullLogger<SubDeviceReconciler>.Instance);
        Hub.Changed = Reconciler.TopologyChanged;
        var running = Task.CompletedTask;
        _thread.Do(() => running = Reconciler.RunAsync(_stop.Token));
        _running = running;
    }

    public SimulatedTime Time { get; } = new();
    public SimulatedHub Hub { get; }
    public SubDeviceReconciler Reconciler { get; }

    /// <summary>Makes a sub-device without channel settings.</summary>
    public static SubDevicePlan Device(string name, bool hasSecret = true, params PointAccess[] points) => new()
    {
        Id = SubDeviceId.Parse("SUBPROD001/" + name),
        Secret = hasSecret ? new Secret("AAAA") : null,
        Settings = JsonElement.Parse("{}"),
        Points = [.. points.Select((access, n) => new PointPlan { Name = "p" + n.ToString(CultureInfo.InvariantCulture),
            At = JsonElement.Parse("{}"), Access = access, Interval = TimeSpan.FromSeconds(1) })],
    };

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
}
