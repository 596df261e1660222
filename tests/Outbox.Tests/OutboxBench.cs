using System.Globalization;
using System.Text;
using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox.Tests;

/// <summary>An outbox on a fake disk, or in memory, and short words for what tests do with it.</summary>
internal sealed class OutboxBench : IAsyncDisposable
{
    public const string Folder = "/outbox";

    private readonly OutboxOptions _options;
    private readonly bool _inMemory;
    private string _boot = "boot";

    public OutboxBench(OutboxOptions? options = null, bool inMemory = false)
    {
        (_options, _inMemory) = (options ?? new OutboxOptions(), inMemory);
        Outbox = Start();
    }

    public ManualTime Time { get; } = new();
    public ForgetfulDisk Disk { get; } = new();

    /// <summary>The segments, with their lengths.</summary>
    public IReadOnlyDictionary<string, int> Files => Disk.FilesIn(Folder).Where(file => Segment.TryNumberOf(file.Key, out _, out _))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>The names of all files.</summary>
    public IEnumerable<string> AllFiles => Disk.FilesIn(Folder).Keys;

    /// <summary>The name of the newest segment.</summary>
    public string Newest => Files.Keys.Max(StringComparer.Ordinal)!; // there is one

    public LaneOutbox Outbox { get; private set; }
    public List<OutboxDrop> Drops { get; } = [];

    public static Lane Live(string owner) => new(owner, LaneKind.Live);

    public static Lane Backfill(string owner) => new(owner, LaneKind.Backfill);

    public static string TextOf(OutboxBatch batch) =>
        string.Join(',', batch.Records.Select(record => Encoding.UTF8.GetString(record.Bytes.Span)));

    public AppendResult Append(Lane lane, string text, int items = 1, int filtered = 0) =>
        Outbox.Append(lane.Owner, lane.Kind, Encoding.UTF8.GetBytes(text), items, filtered);

    public AppendResult Append(string owner, string text, int items = 1) => Append(Live(owner), text, items);

    /// <summary>Adds records of 1 KB that each begin with their number.</summary>
    public void Fill(int first, int last)
    {
        for (int number = first; number <= last; number++)
            Assert.True(Append("a", number.ToString(CultureInfo.InvariantCulture) + '.' + new string('.', 1000)).IsTaken);
    }

    /// <summary>Takes what waits of the one that <see cref="Fill"/> adds for, record by record.</summary>
    public List<(string Epoch, long Number, string Text)> Sent()
    {
        Outbox.Open("a");
        var sent = new List<(string, long, string)>();
        while (Outbox.TryTake(LaneKind.Live, _ => 1, 65536, out var batch))
        {
            sent.Add((batch.Epoch, batch.FirstSequence, TextOf(batch)));
            batch.Acknowledge(batch.Items);
        }

        return sent;
    }

    public void Damage(string name, Harm harm) => Disk.Change($"{Folder}/{name}", bytes => HarmedBytes.Of(bytes, harm));

    public OutboxBatch Take(LaneKind kind = LaneKind.Live, int maxRecords = 1, int maxBytes = 16384)
    {
        Assert.True(Outbox.TryTake(kind, _ => maxRecords, maxBytes, out var batch), "There is nothing to take.");
        return batch;
    }

    /// <summary>Everything that waits, settled by acknowledgement.</summary>
    public List<string> Drain() =>
        [.. Drain(Outbox).Select(record => string.Create(CultureInfo.InvariantCulture, $"{record.Lane}:{record.Sequence}={record.Text}"))];

    /// <summary>Everything that waits, as another process would find it on the same disk.</summary>
    public async Task<List<(Lane Lane, long Sequence, string Text)>> PeekAsync()
    {
        using var files = new SegmentFiles(new PrivateFolder(Folder, Disk.Clone().Mount()));
        await using var other = new LaneOutbox(files, _options, Time, _boot);
        return Drain(other);
    }

    private static List<(Lane Lane, long Sequence, string Text)> Drain(LaneOutbox outbox)
    {
        foreach (var ledger in outbox.Ledgers()) outbox.Open(ledger.Owner);
        var all = new List<(Lane, long, string)>();
        foreach (var kind in Enum.GetValues<LaneKind>())
            while (outbox.TryTake(kind, _ => 100, 65536, out var batch))
            {
                long sequence = batch.FirstSequence - batch.Skipped;
                foreach (var record in batch.Records)
                {
                    all.Add((batch.Lane, sequence, Encoding.UTF8.GetString(record.Bytes.Span)));
                    sequence += record.Items;
                }

                batch.Acknowledge(batch.Items);
            }

        return all;
    }

    /// <summary>Lets time pass, and the outbox do in it what it does now and then.</summary>
    public void Pass(TimeSpan time)
    {
        var pause = _options.CommitInterval == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : _options.CommitInterval / 4;
        for (; time > TimeSpan.Zero; time -= pause)
        {
            Time.Advance(time < pause ? time : pause);
            Outbox.Tender.Tend();
        }
    }

    public void Kill()
    {
        Disk.Kill();
        Outbox = Start();
    }

    /// <summary>Has the process end in the middle of something.</summary>
    /// <param name="operations">After how many operations of the disk.</param>
    /// <param name="isTorn">Whether the one after them, if it is a write, is half done.</param>
    /// <param name="act">What it does.</param>
    /// <returns>Whether it ended before that was done. Then another one is to be started.</returns>
    public bool KillAfter(int operations, bool isTorn, Action act)
    {
        Disk.TearsWrites = isTorn;
        bool isOver = CutAfter(operations, act);
        Disk.Kill();
        return isOver;
    }

    /// <summary>Has nothing reach the disk any more from some operation on.</summary>
    /// <returns>Whether there was such an operation.</returns>
    public bool CutAfter(int operations, Action act)
    {
        Disk.CutAfter(operations);
        try
        {
            act();
        }
        catch (PowerCutException)
        {
            // As the process would end there.
        }

        return Disk.IsCut;
    }

    /// <summary>Has the next process be the first one of a start of the machine; nothing is lost.</summary>
    public void RestartMachine()
    {
        Disk.SyncAll();
        _boot += "'";
    }

    /// <summary>Starts the next process on what is there.</summary>
    public void StartAgain() => Outbox = Start();

    public void LosePower(Random random)
    {
        Disk.PowerLoss(Survival.Chance(random));
        _boot += "'"; // another one
        Outbox = Start();
    }

    public async Task RestartAsync()
    {
        await Outbox.DisposeAsync();
        Outbox = Start();
    }

    public void AssertBalanced()
    {
        foreach (var ledger in Outbox.Ledgers())
            Assert.True(
                ledger.Reported == ledger.Acknowledged + ledger.Pending + ledger.Filtered + ledger.DroppedInAll,
                $"{ledger.Owner}: reported {ledger.Reported}, acknowledged {ledger.Acknowledged}, pending {ledger.Pending}, filtered "
                    + $"{ledger.Filtered}, dropped {ledger.DroppedInAll}");
    }

    public OwnerLedger Ledger(string owner) =>
        Outbox.Ledgers().Single(ledger => string.Equals(ledger.Owner, owner, StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await Outbox.DisposeAsync();

    private LaneOutbox Start() =>
        new(_inMemory ? null : new SegmentFiles(new PrivateFolder(Folder, Disk.Mount())), _options, Time, _boot) { Dropped = Drops.Add };
}
