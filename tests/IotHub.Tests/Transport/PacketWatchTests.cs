using System.Threading.Tasks.Sources;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class PacketWatchTests
{
    private const int Limit = 20_000;
#if DEBUG
    private const int Debugging = 96; // of a read: the compiler makes an object of the state of an async method
#else
    private const int Debugging = 0;
#endif
    private static readonly byte[] Header = [0x30, 100];
    private static readonly byte[] Body = new byte[100];
    private static readonly Gen<byte[]> Packet = Gen.Select(
        Gen.Int[0, 255], Gen.OneOf(Gen.Int[0, 3], Gen.Int[120, 140], Gen.Int[Limit - 3_700, Limit - 3_500], Gen.Const(Limit)),
        (first, length) => (byte[])[(byte)first, .. LengthOf(length), .. new byte[length]]);

    private static readonly Gen<byte[]> Packets = Packet.Array[0, 8].Select(packets => packets.SelectMany(bytes => bytes).ToArray());

    private static readonly Gen<int[]> Cuts =
        Gen.OneOf(Gen.Const(1), Gen.Int[1, 5], Gen.Int[1, 4096], Gen.Const(100_000)).Array[1, 50];

    [Fact]
    public void Packets_within_the_bound_pass_however_they_are_cut() => Gen.Select(Packets, Cuts).Sample((bytes, cuts) =>
    {
        var watch = new PacketWatch(Limit);
        foreach (var part in Parts(bytes, cuts)) watch.Follow(part.Span);
    });

    [Fact]
    public void One_above_the_bound_is_refused_with_the_last_byte_of_its_header_however_it_is_cut() =>
        Gen.Select(Packets, Gen.Int[1, 15], Gen.Int[Limit + 1, 0xFFFFFFF], Cuts).Sample((before, type, length, cuts) =>
        {
            byte[] header = [(byte)(type << 4), .. LengthOf(length)];
            byte[] bytes = [.. before, .. header];
            var watch = new PacketWatch(Limit);
            int seen = 0;
            OversizedPacketException? refused = null;
            foreach (var part in Parts(bytes, cuts))
            {
                Assert.Null(refused);
                seen += part.Length;
                refused = Record.Exception(() => watch.Follow(part.Span)) as OversizedPacketException;
            }

            Assert.Equal(bytes.Length, seen);
            Assert.NotNull(refused);
            Assert.Contains($"of type {type} ", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"{length} bytes, and at most {Limit}", refused.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_length_without_an_end_is_refused() =>
        Assert.Throws<OversizedPacketException>(() => new PacketWatch(int.MaxValue).Follow([0x30, 0xFF, 0xFF, 0xFF, 0xFF]));

    [Fact]
    public async Task Nothing_is_allocated_for_a_packet_that_is_waited_for()
    {
        await using var wire = new Wire();
        await using var stream = new WatchedStream(wire, new PacketWatch(Limit));
        byte[] buffer = new byte[Body.Length];
        await PassAsync(100); // what is made once

        long before = GC.GetAllocatedBytesForCurrentThread();
        int read = await PassAsync(1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000 * (Header.Length + Body.Length), read);
        Assert.True(allocated < 1000 + (2000 * Debugging), $"{allocated} bytes were allocated for 1000 packets");

        async ValueTask<int> PassAsync(int packets)
        {
            int count = 0;
            for (int n = 0; n < 2 * packets; n++)
            {
                var reading = stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
                wire.Bring(n % 2 == 0 ? Header : Body);
                count += await reading;
            }

            return count;
        }
    }

    private static byte[] LengthOf(int length)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. bytes];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(byte[] bytes, int[] cuts)
    {
        int from = 0;
        for (int n = 0; from < bytes.Length; n++)
        {
            int length = Math.Min(cuts[n % cuts.Length], bytes.Length - from);
            yield return bytes.AsMemory(from, length);
            from += length;
        }
    }

    /// <summary>Each read of it waits until the test brings something.</summary>
    private sealed class Wire : MemoryStream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _reading;
        private Memory<byte> _buffer;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reading.Reset();
            _buffer = buffer;
            return new ValueTask<int>(this, _reading.Version);
        }

        public void Bring(byte[] bytes)
        {
            bytes.CopyTo(_buffer);
            _reading.SetResult(bytes.Length);
        }

        public int GetResult(short token) => _reading.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _reading.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _reading.OnCompleted(continuation, state, token, flags);
    }
}
