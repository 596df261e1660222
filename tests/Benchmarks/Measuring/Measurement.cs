namespace BridgeFramework.Benchmarks;

/// <summary>What one contender did in one round.</summary>
/// <param name="PerSecond">Pieces of work per second.</param>
/// <param name="BytesPerPiece">Bytes allocated in this process for each, the measuring included.</param>
/// <param name="CpuPerPiece">Microseconds of CPU time of this process for each, collecting garbage included.</param>
internal readonly record struct Measurement(double PerSecond, double BytesPerPiece, double CpuPerPiece)
{
    public static async Task<Measurement> TakeAsync(Contender contender, TimeSpan length)
    {
        // What the one before left behind is not this one's to clean up.
        contender.Reset();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        long started = TimeProvider.System.GetTimestamp();
        long pieces = await contender.RunAsync(new Round(length));
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        if (pieces == 0) throw new InvalidOperationException($"'{contender.Name}' did nothing in {elapsed.TotalSeconds:0.0} s.");
        return new Measurement(pieces / elapsed.TotalSeconds, (double)bytes / pieces, cpu.TotalMicroseconds / pieces);
    }
}
