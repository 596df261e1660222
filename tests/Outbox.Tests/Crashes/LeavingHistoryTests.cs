using System.Globalization;
using CsCheck;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Owners come, leave and are back for years, over kills, power cuts and orderly restarts: no number is given twice within an
/// epoch, every ledger adds up, and there are never more than so many that have left.</summary>
public sealed class LeavingHistoryTests
{
    private const int MostLeft = 4;
    private const int Names = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Numbers_are_unique_and_the_table_is_bounded(bool inMemory) => Gen.Int.SampleAsync(
        async seed =>
        {
            await using var bench = new OutboxBench(new OutboxOptions { MostLeft = MostLeft, SegmentBytes = 64 * 1024 }, inMemory);
            var history = new History(bench, new Random(seed), inMemory);
            for (int step = 0; step < 200; step++) await history.StepAsync();
        },
        iter: 60, print: seed => seed.ToString(CultureInfo.InvariantCulture));

    private sealed class History(OutboxBench bench, Random random, bool inMemory)
    {
        private readonly HashSet<string> _present = new(StringComparer.Ordinal);
        private readonly HashSet<(Lane Lane, string Epoch, long Number)> _given = [];
        private readonly Dictionary<Lane, OutboxBatch> _out = [];

        private List<string> Left =>
            [.. bench.Outbox.Ledgers().Select(ledger => ledger.Owner).Where(owner => !_present.Contains(owner))];

        public async Task StepAsync()
        {
            string owner = $"o{random.Next(Names)}";
            switch (random.Next(inMemory ? 18 : 20))
            {
                case < 4: Add(owner); break;
                case < 7: Remove(owner); break;
                case < 12: Append(owner); break;
                case < 14: Take(owner); break;
                case < 17: Settle(); break;
                case 17: bench.Pass(TimeSpan.FromSeconds(random.Next(30))); break;
                case 18: await EndAsync(); break;
                default: DieWhile(owner); break;
            }

            bench.AssertBalanced();
        }

        private void Add(string owner)
        {
            bool isNew = !_present.Contains(owner);
            bench.Outbox.AddOwners([owner]);
            _present.Add(owner);
            // Those of which something is under way are not forgotten.
            if (isNew) Assert.InRange(Left.Count(left => bench.Outbox.IsDrained(left)), 0, MostLeft);
        }

        private void Remove(string owner)
        {
            bench.Outbox.RemoveOwner(owner);
            _present.Remove(owner);
            if (!_out.Keys.Any(lane => string.Equals(lane.Owner, owner, StringComparison.Ordinal)))
                Assert.True(bench.Outbox.IsDrained(owner), $"{owner} is removed, and something waits.");
        }

        private void Append(string owner)
        {
            if (!_present.Contains(owner) && random.Next(4) > 0) return; // late reports are rarer
            var lane = new Lane(owner, (LaneKind)random.Next(2));
            bool isKnown = bench.Outbox.Ledgers().Any(ledger => string.Equals(ledger.Owner, owner, StringComparison.Ordinal));
            int items = random.Next(1, 4);
            var result = bench.Append(lane, new string('x', random.Next(3000)), items);
            if (!isKnown) _present.Add(owner); // one that nobody knows is made known
            else Assert.Equal(_present.Contains(owner), result.IsTaken);
            for (int item = 0; result.IsTaken && item < items; item++)
                Assert.True(
                    _given.Add((lane, bench.Outbox.Status.Epoch, result.FirstSequence + item)),
                    $"{lane} gives number {result.FirstSequence + item} again.");
        }

        private void Take(string owner)
        {
            if (_present.Contains(owner)) bench.Outbox.Open(owner);
            if (!bench.Outbox.TryTake((LaneKind)random.Next(2), _ => random.Next(1, 5), 8000, out var batch)) return;
            Assert.Contains(batch.Lane.Owner, _present);
            _out.Add(batch.Lane, batch);
        }

        private void Settle()
        {
            if (_out.Count == 0) return;
            var (lane, batch) = _out.ElementAt(random.Next(_out.Count));
            _out.Remove(lane);
            if (random.Next(2) == 0) batch.PutBack();
            else batch.Acknowledge(random.Next(batch.Items + 1));
        }

        private async Task EndAsync()
        {
            _out.Clear();
            switch (random.Next(3))
            {
                case 0: bench.Kill(); break;
                case 1: await bench.RestartAsync(); break;
                default:
                    bench.LosePower(random);
                    ToldAgain();
                    break;
            }

            Assert.All(Left, left => Assert.True(bench.Outbox.IsDrained(left), $"{left} is removed, and something waits."));
        }

        /// <summary>The process is killed somewhere in the middle of a change, and whoever wanted it says so again.</summary>
        private void DieWhile(string owner)
        {
            _out.Clear();
            bool adds = random.Next(2) == 0;
            bench.KillAfter(random.Next(12), isTorn: false, () =>
            {
                if (adds) bench.Outbox.AddOwners([owner]);
                else bench.Outbox.RemoveOwner(owner);
            });
            bench.StartAgain();
            if (adds) Add(owner);
            else Remove(owner);
        }

        /// <summary>A power cut may take the last changes.</summary>
        private void ToldAgain()
        {
            bench.Outbox.AddOwners(_present);
            foreach (string left in Left) bench.Outbox.RemoveOwner(left);
        }
    }
}
