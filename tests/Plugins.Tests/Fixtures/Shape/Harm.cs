using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeFramework;
using Microsoft.Extensions.Logging;

namespace Fixture.Shape;

/// <summary>What a driver can do to the process that it shares with others.</summary>
internal static class Harm
{
#pragma warning disable IDISP004, RS0030, MA0055 // The mistakes that this fixture makes.
    private static readonly List<object> Kept = [];

    public static void BeforeTheFirstAwait(string behaviour, IChannel channel)
    {
        if (behaviour is not ("blocks while it serves" or "spins while it serves")) return;
        channel.SetServing();
        if (behaviour is "blocks while it serves") Hang();
        Spin();
    }

    public static async Task DoAsync(string behaviour, IChannel channel, ILogger logger, CancellationToken stopping)
    {
        switch (behaviour)
        {
            case "does not end":
                ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException("nobody catches this"));
                Hang();
                break;
            case "reports too much": await ReportAsync(channel, new string('x', 1_000_000), stopping); break;
            case "floods with all but reports": await FloodAsync(channel, logger, stopping); break;
            case "floods the console": new Thread(WriteWithoutEnd) { IsBackground = true }.Start(); break;
            case "leaks descriptors":
                for (int i = 0; i < 2000; i++) Kept.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
                break;
            case "spins on 32 threads":
                for (int i = 0; i < 32; i++) new Thread(Spin) { IsBackground = true, Name = "spinner" }.Start();
                break;
            case "fails fast later": Environment.FailFast("the plugin ends the process"); break;
            case "overflows the stack": Overflow(1); break;
            case "blocks the finalizers": BlockFinalizers(); break;
            case "changes what all share": ChangeWhatAllShare(); break;
            case "closes the standard descriptors": for (int i = 0; i <= 2; i++) _ = Close(i); break;
            case "changes the umask": _ = ChangeMask(0); break;
            case "looks around": LookAround(); break;
        }
    }

    private static ValueTask ReportAsync(IChannel channel, string text, CancellationToken cancellationToken) => channel.ReportAsync(
        channel.Devices[0], new[] { new PointValue(channel.Devices[0].Points[0], Variant.From(text)) }, cancellationToken);

    private static async Task FloodAsync(IChannel channel, ILogger logger, CancellationToken stopping)
    {
        var device = channel.Devices[0];
        while (!stopping.IsCancellationRequested)
        {
            for (int i = 0; i < 100; i++)
            {
                channel.ReportDiscovered(new DiscoveredDevice { Address = i.ToString(CultureInfo.InvariantCulture) });
                channel.SetPresence(device, Presence.Present);
                channel.SetFirmwareVersion(device, "1.0");
                logger.Log(LogLevel.Information, i, "a line", exception: null, (state, _) => state);
            }

            await channel.ReportEventAsync(device, new DeviceEvent { Name = "again" }, stopping);
        }
    }

    private static void WriteWithoutEnd()
    {
        while (true) Console.WriteLine("a line of a plugin");
    }

    private static void ChangeWhatAllShare()
    {
        Environment.CurrentDirectory = "/";
        foreach (string name in new[] { "PATH", "HOME", "TMPDIR", "LANG" }) Environment.SetEnvironmentVariable(name, "/nowhere");
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = new CultureInfo("ar-SA");
        System.Runtime.GCSettings.LatencyMode = System.Runtime.GCLatencyMode.SustainedLowLatency;
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Hang();
    }

    private static void LookAround()
    {
        Kept.Add(Environment.GetEnvironmentVariables());
        var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Kept.Add(listener);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BlockFinalizers()
    {
        for (int i = 0; i < 10; i++) _ = new Endless();
        new Thread(CollectWithoutEnd) { IsBackground = true }.Start();
    }

    private static void CollectWithoutEnd()
    {
        using var never = new ManualResetEventSlim();
        while (!never.Wait(TimeSpan.FromSeconds(1), CancellationToken.None)) GC.Collect();
    }

    private static int Overflow(int depth) => depth == 0 ? 0 : Overflow(depth + 1) + Overflow(depth + 2);

    private static void Spin()
    {
        while (true)
        {
            // It computes.
        }
    }

    private static void Hang()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(CancellationToken.None);
    }

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeMask(int mask);

    private sealed class Endless
    {
        ~Endless() => Hang();
    }
#pragma warning restore IDISP004, RS0030, MA0055
}
