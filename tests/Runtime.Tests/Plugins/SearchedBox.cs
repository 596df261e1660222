using System.Globalization;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A box with plugins that are not proven, some of which kill the process: what is written down goes through its starts.</summary>
internal sealed class SearchedBox
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HashSet<int> _culprits;
    private readonly bool _killAtOnce;
    private bool _isMarked;
    private int _steps;

    /// <param name="count">How many plugins there are.</param>
    /// <param name="culprits">Those that kill the process whenever they run.</param>
    /// <param name="killAtOnce">Whether they do that when they are loaded, or when all are.</param>
    public SearchedBox(int count, IEnumerable<int> culprits, bool killAtOnce)
    {
        (_culprits, _killAtOnce) = ([.. culprits], killAtOnce);
        Records = Enumerable.Range(0, count).Select(VersionOf).Aggregate(
            PluginRecords.None, (records, version) => records.With(new PluginRecord(version.Version, version.Version, version)));
    }

    public PluginRecords Records { get; private set; }

    /// <summary>The longest row of starts of which none lived for long enough.</summary>
    public int Worst { get; private set; }

    /// <summary>How many starts there were.</summary>
    public int Starts { get; private set; }

    /// <summary>Whether a step, by its number, is the last of its process: somebody outside kills it.</summary>
    public Predicate<int> IsKilledAt { get; init; } = _ => false;

    /// <summary>Whether the whole machine goes down then.</summary>
    public bool IsPowerCut { get; init; }

    public IEnumerable<int> Proven => Numbers.Where(i => Records.IsProven(VersionOf(i)));

    public IEnumerable<int> Quarantined => Numbers.Where(i => Records.FindQuarantined(VersionOf(i).Digest) is not null);

    private IEnumerable<int> Numbers => Enumerable.Range(0, Records.Plugins.Count);

    /// <summary>Starts it again and again, until a process goes on living.</summary>
    /// <param name="most">How many starts that may take.</param>
    public void Run(int most)
    {
        int row = 0;
        while (Starts < most)
        {
            Starts++;
            bool isHealthy = false;
            try
            {
                Start();
                isHealthy = true;
                Live();
                return;
            }
            catch (DeadException death)
            {
                row = isHealthy ? 0 : row + 1;
                Worst = Math.Max(Worst, row);
                if (death.IsFromOutside && IsPowerCut) _isMarked = false;
            }
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"It still dies after {most} starts: {Records.Search}"));
    }

    private static PluginVersion VersionOf(int i) => new(string.Create(CultureInfo.InvariantCulture, $"p{i}"), $"{i:d64}");

    private static Suspect SuspectOf(int i) => VersionOf(i) is var version ? new Suspect(version.Version, version.Version, version) : null!;

    /// <summary>Up to where the process has lived for as long as a plugin has to serve.</summary>
    private void Start()
    {
        bool hasDied = _isMarked;
        _isMarked = false; // what has been written down is not judged again
        Write(hasDied ? NamelessDeath.After(Records, Epoch) : Records.With(Records.Search.Ended()));
        _isMarked = Records.Search.IsOn || Records.Quarantine.Count > 0;
        foreach (int i in Numbers.Except(Quarantined))
        {
            if (Records.IsProven(VersionOf(i))) continue;
            if (Records.Search.Admits(VersionOf(i).Digest)) Load(i);
            else if (Records.Search.Find(VersionOf(i).Digest) is null) Write(Records.With(Records.Search.LeaveOut(SuspectOf(i))));
        }

        DieOfThoseThatRun();
    }

    /// <summary>All that runs becomes proven, and others come back, until none is left.</summary>
    private void Live()
    {
        while (true)
        {
            foreach (var suspect in Records.Search.Suspects.Where(suspect => suspect.HasRun)) Write(Records.WithProven(suspect.Version));
            if (Records.Search.Suspects.Count == 0) return;
            var (next, back) = Records.Search.Return();
            Write(Records.With(next));
            foreach (var suspect in back) Load(int.Parse(suspect.Id[1..], CultureInfo.InvariantCulture));
            DieOfThoseThatRun();
        }
    }

    private void Load(int i)
    {
        Write(Records.With(Records.Search.Begin(SuspectOf(i))));
        _isMarked = true;
        if (_killAtOnce && _culprits.Contains(i)) throw new DeadException();
    }

    private void DieOfThoseThatRun()
    {
        if (_culprits.Any(i => Records.Search.Find(VersionOf(i).Digest) is { HasRun: true })) throw new DeadException();
    }

    private void Write(PluginRecords records)
    {
        Records = records;
        if (IsKilledAt(_steps++)) throw new DeadException { IsFromOutside = true };
    }

    private sealed class DeadException : Exception
    {
        public bool IsFromOutside { get; init; }
    }
}
