namespace Fixture.Ticker;

/// <summary>What tells one version of this plugin from another: a file beside its assembly, <c>build</c>,
/// with its version and what it does wrong.</summary>
/// <param name="Version">The version, which it reports.</param>
/// <param name="Behaviour">Empty for a good one.</param>
internal sealed record TickerBuild(string Version, string Behaviour)
{
    /// <summary>Fails a moment after it has begun to serve.</summary>
    public const string Throws = "throws";

    /// <summary>Runs, and never says that it serves.</summary>
    public const string Silent = "silent";

    /// <summary>Has no good value to report.</summary>
    public const string Bad = "bad";

    /// <summary>Has no good value to report, and goes on writing when it is told to stop.</summary>
    public const string Hangs = "hangs";

    public static TickerBuild Read()
    {
        string file = Path.Combine(Path.GetDirectoryName(typeof(TickerBuild).Assembly.Location) ?? "", "build");
        // The build seals it without one.
        if (!File.Exists(file)) return new TickerBuild("0", "");
        string[] words = File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new TickerBuild(words[0], words.Length > 1 ? words[1] : "");
    }
}
