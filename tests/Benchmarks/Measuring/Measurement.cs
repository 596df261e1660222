namespace BridgeFramework.Benchmarks;

/// <summary>What one contender did in one round.</summary>
/// <param name="PerSecond">Pieces of work per second.</param>
/// <param name="BytesPerPiece">Bytes allocated in this process for each, the measuring included.</param>
internal readonly record struct Measurement(double PerSecond, double BytesPerPiece)
{
    public static async Task<Measurement> TakeAsync(Contender contender, TimeSpan length)
    {
        // What the one before left behind is not this one's to clean up.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long started = TimeProvider.System.GetTimestamp();
        long pieces = await contender.RunAsync(new Round(length));
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        if (pieces == 0) throw new InvalidOperationException($"'{contender.Name}' did nothing in {elapsed.TotalSeconds:0.0} s.");
        return new Measurement(pieces / elapsed.TotalSeconds, (double)bytes / pieces);
    }
}
