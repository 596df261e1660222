using BridgeFramework.Configuration;
using BridgeFramework.Outbox;
using BridgeFramework.Runtime;

namespace BridgeFramework.Benchmarks;

/// <summary>CPU time of a sample from the driver's report to its acknowledgement, and what the disk adds to it.</summary>
internal static class CpuBenchmark
{
    // What 500 sub-devices that report every second have to say at their turn, with 20 messages a second.
    private const int SetsOfCompact = 25;

    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        await RunAsync(UplinkFormat.Plain, 1, comparison, output);
        await RunAsync(UplinkFormat.Compact, SetsOfCompact, comparison, output);
    }

    private static async Task RunAsync(UplinkFormat format, int setsPerMessage, Comparison comparison, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        await using var memory = LaneOutbox.InMemory(new OutboxOptions(), TimeProvider.System);
        await using var disk = LaneOutbox.Open(folder.Path, new OutboxOptions(), TimeProvider.System);
        await using var inMemory = new PipelineContender(memory, "in memory", format, setsPerMessage);
        await using var onDisk = new PipelineContender(disk, "on the disk", format, setsPerMessage);
        string title = $"cpu, {format}: ReportAsync of {MeterValues.Count} samples, outbox, message of {setsPerMessage} such sets, "
            + "acknowledged in process";
        await comparison.RunAsync(title, "sample", inMemory, onDisk, output);
    }
}
