using System.Globalization;
using BridgeFramework.Disks;
using CsCheck;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Whatever happens in whatever order: nothing that was promised is lost, nothing is counted twice,
/// no number is given twice.</summary>
public sealed class HistoryTests
{
    private static readonly string[] Owners = ["a", "b", "c"];

    [Fact]
    public Task After_a_killed_process_everything_that_was_accepted_is_there() => Check(End.Kill);

    [Fact]
    public Task After_a_power_cut_at_most_the_commit_interval_is_missing_and_no_number_is_given_twice() => Check(End.PowerLoss);

    [Fact]
    public Task Of_damaged_files_nothing_is_made_up_and_no_number_is_given_twice() => Check(End.Damage);

    [Fact]
    public Task A_disk_that_comes_and_goes_takes_nothing_from_a_running_process_and_no_number_is_given_twice() => Check(End.FullDisk);

    private static Task Check(End end) => Gen.Int.SampleAsync(
        async seed =>
        {
            var random = new Random(seed);
            var history = new History(random);
            await using var bench = history.Bench;
            for (int life = 0; life < 4; life++)
            {
                for (int step = random.Next(150); step > 0; step--)
                {
                    if (end == End.FullDisk && random.Next(20) == 0) history.FillOrFreeDisk();
                    history.Step();
                }

                if (end == End.PowerLoss) await history.LosePowerAsync();
                else if (end == End.Damage) await history.DamageAsync(random.Next(3) == 0);
                else if (end == End.FullDisk) await history.KillOnFullDiskAsync();
                else if (random.Next(3) == 0) await history.RestartAsync();
                else await history.KillAsync();
            }

            history.Drain();
        },
        iter: Iterations, print: seed => seed.ToString(CultureInfo.InvariantCulture));

    private static long Iterations =>
        long.TryParse(Environment.GetEnvironmentVariable("BRIDGE_CRASH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture,
            out long rounds) ? rounds : 300;

    private enum End
    {
        Kill,
        PowerLoss,
        Damage,
        FullDisk,
    }

    /// <summary>An outbox beside a model of it so simple that it can only be right.</summary>
    private sealed class History(Random random)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
        private readonly Dictionary<Lane, List<Entry>> _lanes = [];
        private readonly Dictionary<(Lane Lane, string Epoch), long> _highest = [];
        private readonly Dictionary<(Lane Lane, string Text), Entry> _accepted = [];
        private int _texts;
        private bool _isFull;
        private bool _isDamaged;

        public OutboxBench Bench { get; } = new(new OutboxOptions { CommitInterval = Interval, SegmentBytes = 64 * 1024 });

        public void Step()
        {
            switch (random.Next(10))
            {
                case < 5: Append(); break;
                case < 7: TakeAndSettle(); break;
                case 7: Bench.Outbox.Filter(AnyOwner(), random.Next(3)); break;
                case 8: Bench.Pass(Interval / 2 * random.NextDouble()); break;
                default:
                    if (random.Next(5) == 0) Bench.Pass(TimeSpan.FromSeconds(30)); // where nothing waits, a new segment
                    else Bench.Outbox.Open(AnyOwner());
                    break;
            }

            Bench.AssertBalanced();
        }

        public Task KillAsync()
        {
            string before = Accounts();
            Bench.Kill();
            Assert.Equal(before, Accounts()); // to the last sample
            return AssertAllAsync(entry => true);
        }

        public async Task RestartAsync()
        {
            string before = Accounts();
            await Bench.RestartAsync();
            Assert.Equal(before, Accounts());
            await AssertAllAsync(entry => true);
        }

        /// <summary>The process ends, and meanwhile something happens to its files.</summary>
        public async Task DamageAsync(bool isClosed)
        {
            if (isClosed) await Bench.Outbox.DisposeAsync();
            foreach (string name in Bench.Disk.FilesIn(OutboxBench.Folder).Keys.Where(_ => random.Next(3) == 0).ToList())
                Bench.Disk.Change($"{OutboxBench.Folder}/{name}", Damaged);
            Bench.Kill();
            _isDamaged = true;
            await AssertAllAsync(entry => false);
        }

        public void FillOrFreeDisk()
        {
            bool isFull = _isFull = !_isFull;
            Bench.Disk.Fails = (operation, path) =>
                isFull && NeedsRoom(operation, path) ? new IOException("No space left on device") : null;

            static bool NeedsRoom(DiskOperation operation, string path) => operation is DiskOperation.Create
                || (operation is DiskOperation.Write && !path.EndsWith(TableFile.Name, StringComparison.Ordinal));
        }

        public Task KillOnFullDiskAsync()
        {
            if (_isFull) FillOrFreeDisk();
            Bench.Kill();
            return AssertAllAsync(entry => false);
        }

        public Task LosePowerAsync()
        {
            var now = Now;
            Bench.LosePower(random);
            return AssertAllAsync(entry => now - entry.At > Interval);
        }

        public void Drain()
        {
            var waiting = _lanes.SelectMany(lane => lane.Value.Where(entry => !entry.IsSettled).Select(entry => entry.Print(lane.Key)))
                .Order(StringComparer.Ordinal).ToList();
            var drained = Bench.Drain().Order(StringComparer.Ordinal).ToList();
            var accepted = _accepted.Select(entry => entry.Value.Print(entry.Key.Lane));
            if (_isDamaged) Assert.Empty(drained.Except(accepted, StringComparer.Ordinal));
            else Assert.Equal(string.Join(' ', waiting), string.Join(' ', drained));
            Bench.AssertBalanced();
            Assert.All(Bench.Outbox.Ledgers(), ledger => Assert.Equal((0, 0), (ledger.Pending, ledger.PendingBytes)));
        }

        private byte[] Damaged(byte[] bytes)
        {
            if (bytes.Length == 0) return bytes;
            int at = random.Next(bytes.Length);
            int length = random.Next(1, bytes.Length - at + 1);
            switch (random.Next(4))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.AsSpan(at, length).Clear(); break;
                case 2: random.NextBytes(bytes.AsSpan(at, length)); break;
                default: return bytes[..(IsBetweenFrames(bytes, at) ? at - 1 : at)];
            }

            return bytes;
        }

        /// <summary>A file that ends there looks as if nothing had ever followed.</summary>
        private static bool IsBetweenFrames(byte[] bytes, int at)
        {
            int end = 0;
            while (end < at && Frame.LengthOf(bytes.AsSpan(end)) is var length and > 0) end += length;
            return at > 0 && end == at;
        }

        private string Accounts() => string.Join('\n', Bench.Outbox.Ledgers().Select(ledger => string.Create(
            CultureInfo.InvariantCulture,
            $"{ledger.Owner}: reported {ledger.Reported}, acknowledged {ledger.Acknowledged}, pending {ledger.Pending}, filtered "
                + $"{ledger.Filtered}, dropped {ledger.DroppedInAll}")));

        private TimeSpan Now => Bench.Time.GetElapsedTime(0);

        private string AnyOwner() => Owners[random.Next(Owners.Length)];

        private void Append()
        {
            var lane = new Lane(AnyOwner(), (LaneKind)random.Next(2));
            int items = random.Next(1, 4);
            string text = (++_texts).ToString(CultureInfo.InvariantCulture) + new string('.', random.Next(2) == 0 ? 0 : random.Next(6000));
            var result = Bench.Append(lane, text, items, filtered: random.Next(2));
            Assert.True(result.IsTaken);
            var life = (lane, Bench.Outbox.Status.Epoch);
            Assert.True(result.FirstSequence > _highest.GetValueOrDefault(life), $"{lane} gives number {result.FirstSequence} again.");
            _highest[life] = result.FirstSequence + items - 1;
            var entry = new Entry(result.FirstSequence, items, text, Now);
            _accepted.Add((lane, text), entry);
            EntriesOf(lane).Add(entry);
        }

        private void TakeAndSettle()
        {
            foreach (string owner in Owners) Bench.Outbox.Open(owner);
            if (!Bench.Outbox.TryTake((LaneKind)random.Next(2), _ => random.Next(1, 10), 20_000, out var batch)) return;
            var expected = EntriesOf(batch.Lane).Where(entry => !entry.IsSettled).Take(batch.Records.Count).ToList();
            if (_isDamaged) expected = [.. OutboxBench.TextOf(batch).Split(',').Select(text => _accepted[(batch.Lane, text)])];
            Assert.Equal(string.Join(',', expected.Select(entry => entry.Text)), OutboxBench.TextOf(batch));
            if (random.Next(4) == 0)
            {
                batch.PutBack();
                return;
            }

            // Whole records, so that the model stays simple; parts have their own test.
            int records = random.Next(expected.Count + 1);
            int items = expected.Take(records).Sum(entry => entry.Items) - (records > 0 ? batch.Skipped : 0);
            if (random.Next(5) == 0) batch.Drop(items, DropReason.Unsendable);
            else batch.Acknowledge(items);
            foreach (var entry in expected.Take(records)) entry.IsSettled = true;
        }

        /// <summary>Looks at what is there now: all that had to be, in order, as it was; then goes on from there.</summary>
        private async Task AssertAllAsync(Func<Entry, bool> mustBeThere)
        {
            Bench.AssertBalanced();
            var found = new Dictionary<Lane, List<Entry>>();
            foreach (var (lane, sequence, text) in await Bench.PeekAsync())
            {
                // What one damaged file hides, another may show again: under the number that it has always had.
                var entry = EntriesOf(lane).SingleOrDefault(entry => string.Equals(entry.Text, text, StringComparison.Ordinal))
                    ?? (_isDamaged ? _accepted.GetValueOrDefault((lane, text)) : null);
                Assert.True(entry is not null, $"{lane} holds what was never accepted.");
                Assert.Equal((lane, entry.First), (lane, sequence));
                var entries = found.TryGetValue(lane, out var list) ? list : found[lane] = [];
                Assert.True(entries.Count == 0 || entries[^1].First < sequence, $"{lane} is out of order.");
                entries.Add(entry);
            }

            foreach (var (lane, entries) in _lanes)
                foreach (var entry in entries.Except(found.GetValueOrDefault(lane) ?? []).Where(entry => !entry.IsSettled))
                    Assert.False(mustBeThere(entry), $"{lane}:{entry.First} of {entry.At} is missing at {Now}.");
            _lanes.Clear();
            foreach (var (lane, entries) in found)
            {
                foreach (var entry in entries) entry.IsSettled = false; // an acknowledgement may be lost as well
                _lanes.Add(lane, entries);
            }
        }

        private List<Entry> EntriesOf(Lane lane) => _lanes.TryGetValue(lane, out var entries) ? entries : _lanes[lane] = [];
    }

    private sealed class Entry(long first, int items, string text, TimeSpan at)
    {
        public long First => first;
        public int Items => items;
        public string Text => text;
        public TimeSpan At => at;
        public bool IsSettled { get; set; }

        public string Print(Lane lane) => string.Create(CultureInfo.InvariantCulture, $"{lane}:{first}={text}");
    }
}
