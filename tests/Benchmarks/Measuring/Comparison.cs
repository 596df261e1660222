namespace BridgeFramework.Benchmarks;

/// <summary>
/// Two contenders in turn, A B A B, in one process on one machine at one time, so that what disturbs the machine disturbs
/// both. Only the ratio of neighbours is a result; numbers per second are for orientation.
/// </summary>
/// <param name="Rounds">How many pairs, at least 1.</param>
/// <param name="Length">How long each round is.</param>
internal sealed record Comparison(int Rounds, TimeSpan Length)
{
    public static Comparison Thorough { get; } = new(9, TimeSpan.FromSeconds(1));

    public static Comparison Quick { get; } = new(3, TimeSpan.FromMilliseconds(200)) { IsQuick = true };

    /// <summary>Whether it only shows that everything works.</summary>
    public bool IsQuick { get; private init; }

    /// <summary>Runs and tells.</summary>
    /// <param name="title">What is compared.</param>
    /// <param name="unit">What a piece of work is.</param>
    /// <param name="baseline">A, what is measured against.</param>
    /// <param name="ours">B.</param>
    /// <param name="output">Where the report goes.</param>
    public async Task RunAsync(string title, string unit, Contender baseline, Contender ours, TextWriter output)
    {
        // Both are compiled and warm before anything counts.
        await Measurement.TakeAsync(baseline, Length);
        await Measurement.TakeAsync(ours, Length);

        var pairs = new List<(Measurement A, Measurement B)>(Rounds);
        for (int i = 0; i < Rounds; i++)
            pairs.Add((await Measurement.TakeAsync(baseline, Length), await Measurement.TakeAsync(ours, Length)));

        await output.WriteLineAsync($"""
            {title}
            {Rounds} pairs of rounds of {Length.TotalSeconds:0.0} s, A B A B ...
              A: {baseline.Name}
              B: {ours.Name}
                                           min     median        max
              A {unit + "/s",-20} {Spread.Of(pairs.Select(pair => pair.A.PerSecond)).Show("0")}
              B {unit + "/s",-20} {Spread.Of(pairs.Select(pair => pair.B.PerSecond)).Show("0")}
              B/A                    {Spread.Of(pairs.Select(pair => pair.B.PerSecond / pair.A.PerSecond)).Show("0.00")}
              A bytes/{unit,-14} {Spread.Of(pairs.Select(pair => pair.A.BytesPerPiece)).Show("0")}
              B bytes/{unit,-14} {Spread.Of(pairs.Select(pair => pair.B.BytesPerPiece)).Show("0")}
              A us CPU/{unit,-13} {Spread.Of(pairs.Select(pair => pair.A.CpuPerPiece)).Show("0.00")}
              B us CPU/{unit,-13} {Spread.Of(pairs.Select(pair => pair.B.CpuPerPiece)).Show("0.00")}

            """);
    }
}
