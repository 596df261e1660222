using System.Diagnostics;
using System.Globalization;
using BridgeFramework.Outbox;

namespace BridgeFramework.Benchmarks;

/// <summary>How long a gateway that has much to send takes to know what it has, and how much memory that
/// takes. Each time in a process of its own.</summary>
internal static class OpenBenchmark
{
    /// <summary>The command that fills an outbox and ends without closing it.</summary>
    public const string FillCommand = "fill-outbox";

    /// <summary>The command that opens an outbox and says what that took.</summary>
    public const string OpenCommand = "open-outbox";

    private const int Megabyte = 1024 * 1024;
    private const int Owners = 500;
    private const int RecordLength = 200;

    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        int megabytes = comparison.IsQuick ? 64 : 1024;
        using var folder = new TemporaryFolder();
        string[] arguments = [folder.In("outbox"), $"{megabytes}"];
        await OtherProcess.RunSelfAsync([FillCommand, .. arguments]);
        var killed = Opening.Parse(await OtherProcess.RunSelfAsync([OpenCommand, .. arguments]));
        var closed = new List<Opening>();
        for (int i = 0; i < comparison.Rounds; i++) closed.Add(Opening.Parse(await OtherProcess.RunSelfAsync([OpenCommand, .. arguments])));
        await output.WriteLineAsync($"""
            open: an outbox with {megabytes} MB of records of {RecordLength} bytes of {Owners} owners, {closed.Count} times, each in a new process, files in the page cache
              goal for 1 GB: under 2000 ms and 64 MB; working set: by how much its peak grew
                                           min     median        max
              ms                     {Spread.Of(closed.Select(each => each.Milliseconds)).Show("0")}
              MB managed             {Spread.Of(closed.Select(each => each.ManagedMegabytes)).Show("0.0")}
              MB allocated           {Spread.Of(closed.Select(each => each.AllocatedMegabytes)).Show("0.0")}
              MB working set         {Spread.Of(closed.Select(each => each.PeakMegabytes)).Show("0.0")}
            first time, after a process that did not close it: {killed.Milliseconds:0} ms, {killed.ManagedMegabytes:0.0} MB managed, {killed.AllocatedMegabytes:0.0} MB allocated, {killed.PeakMegabytes:0.0} MB working set

            """);
    }

    /// <summary>Fills an outbox. The process has to end behind it as if it were killed.</summary>
    public static async Task FillAsync(string folder, int megabytes)
    {
#pragma warning disable IDISP001 // it is not to be closed in good order
        var outbox = LaneOutbox.Open(folder, OptionsOf(megabytes), TimeProvider.System);
#pragma warning restore IDISP001
        string[] owners = [.. Enumerable.Range(0, Owners).Select(owner => $"SUBPROD001/meter{owner:000}")];
        outbox.AddOwners(owners);
        byte[] record = new byte[RecordLength];
        long count = (long)megabytes * Megabyte / RecordLength;
        for (long i = 0; i < count; i++)
        {
            var result = await outbox.AppendAsync(owners[i % Owners], record, items: 1, filtered: 0, CancellationToken.None);
            if (!result.IsTaken) throw new InvalidOperationException($"Record {i} was refused: {result.Refused}.");
        }
    }

    /// <summary>Opens an outbox and says what that took.</summary>
    public static async Task OpenAsync(string folder, int megabytes, TextWriter output)
    {
        using var self = Process.GetCurrentProcess();
        long peak = self.PeakWorkingSet64;
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = TimeProvider.System.GetTimestamp();
        await using var outbox = LaneOutbox.Open(folder, OptionsOf(megabytes), TimeProvider.System);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        self.Refresh();
        peak = self.PeakWorkingSet64 - peak;
        managed = GC.GetTotalMemory(forceFullCollection: true) - managed;
        long pending = OwnerLedger.Total(outbox.Ledgers()).Pending;
        long expected = (long)megabytes * Megabyte / RecordLength;
        if (pending != expected) throw new InvalidOperationException($"{pending} records wait; {expected} were put in.");
        await output.WriteLineAsync(new Opening(elapsed.TotalMilliseconds, (double)managed / Megabyte, (double)allocated / Megabyte,
            (double)peak / Megabyte).ToLine());
    }

    private static OutboxOptions OptionsOf(int megabytes) => new() { MaxBytes = (long)megabytes * Megabyte * 5 / 4 };

    private readonly record struct Opening(double Milliseconds, double ManagedMegabytes, double AllocatedMegabytes, double PeakMegabytes)
    {
        public static Opening Parse(string line)
        {
            double[] numbers = [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            return new Opening(numbers[0], numbers[1], numbers[2], numbers[3]);
        }

        public string ToLine() =>
            string.Create(CultureInfo.InvariantCulture, $"{Milliseconds} {ManagedMegabytes} {AllocatedMegabytes} {PeakMegabytes}");
    }
}
