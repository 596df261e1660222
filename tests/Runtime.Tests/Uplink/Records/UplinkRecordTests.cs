using System.Buffers;
using System.Text;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class UplinkRecordTests
{
    private static readonly Gen<Variant> AnyValue = Gen.OneOf(
        Gen.Const(default(Variant)), Gen.Bool.Select(Variant.From), Gen.Long.Select(Variant.From), Gen.ULong.Select(Variant.From),
        Gen.Double.Where(double.IsFinite).Select(Variant.From), Gen.Float.Where(float.IsFinite).Select(
            value => Variant.From((double)value)),
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Select(Variant.From), Gen.Byte.Array[0, 200].Select(Variant.From));

    private static readonly Gen<SampleStamp> AnyStamp = Gen.Select(
        Gen.Int[1, int.MaxValue], Gen.Long[0, long.MaxValue], (boot, steady) => new SampleStamp(boot, steady));

    [Fact]
    public void Samples_are_read_as_they_were_written() =>
        Gen.Select(AnyStamp, Gen.Select(AnyValue, Gen.Byte[0, 5], Gen.Long[-62_135_596_800_000, 253_402_300_799_999].Nullable())
            .Array[0, 40]).Sample((stamp, samples) =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            UplinkRecord.WriteSamples(buffer, stamp, [.. samples.Select((sample, i) => (sample.Item2 == 0
                ? new PointValue(new PointDefinition { Name = $"p{i}ü", At = i }, sample.Item1)
                : new PointValue(new PointDefinition { Name = $"p{i}ü", At = i }, (Quality)sample.Item2)) with
            {
                Time = sample.Item3 is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null,
            })]);

            var reader = new UplinkRecordReader(buffer.WrittenSpan);
            Assert.Equal((false, stamp, samples.Length), (reader.IsEvent, reader.Stamp, reader.Remaining));
            for (int i = 0; i < samples.Length; i++)
            {
                Assert.True(reader.TryRead(out var read));
                Assert.Equal($"p{i}ü", Encoding.UTF8.GetString(read.Name));
                Assert.Equal(((Quality)samples[i].Item2, samples[i].Item3), (read.Quality, read.OwnTime));
                Assert.Equal(samples[i].Item2 == 0 ? samples[i].Item1 : default, read.Value);
            }

            Assert.False(reader.TryRead(out _));
        });

    [Theory]
    [InlineData(EventLevel.Info, null)]
    [InlineData(EventLevel.Fault, 1700000000123L)]
    public void An_event_is_read_as_it_was_written(EventLevel level, long? time)
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteEvent(buffer, new SampleStamp(3, 77), new DeviceEvent
        {
            Name = "doorOpened",
            Level = level,
            Time = time is { } own ? DateTimeOffset.FromUnixTimeMilliseconds(own) : null,
            Data = new Dictionary<string, Variant>(StringComparer.Ordinal) { ["by"] = Variant.From("key"), ["times"] = Variant.From(3L) },
        });

        var reader = new UplinkRecordReader(buffer.WrittenSpan);
        Assert.Equal((true, new SampleStamp(3, 77), level, time ?? 0, 2), (
            reader.IsEvent, reader.Stamp, reader.Level, reader.EventTime, reader.Remaining));
        Assert.Equal("doorOpened", Encoding.UTF8.GetString(reader.EventName));
        Assert.True(reader.TryRead(out var by) && by.Value == Variant.From("key"));
        Assert.True(reader.TryRead(out var times) && times.Value == Variant.From(3L));
    }

    [Fact]
    public void A_record_that_ends_too_early_says_so_wherever_it_ends()
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteSamples(buffer, new SampleStamp(1, 5000), [
            new PointValue(new PointDefinition { Name = "text", At = 0 }, Variant.From("abc")) { Time = DateTimeOffset.UnixEpoch },
            new PointValue(new PointDefinition { Name = "number", At = 1 }, Variant.From(1 / 3.0)),
            new PointValue(new PointDefinition { Name = "bad", At = 2 }, Quality.Refused)]);
        for (int length = 0; length < buffer.WrittenCount; length++)
        {
            byte[] cut = buffer.WrittenSpan[..length].ToArray();
            Assert.Throws<InvalidDataException>(() =>
            {
                var reader = new UplinkRecordReader(cut);
                while (reader.TryRead(out _))
                {
                    // On to where it ends.
                }
            });
        }
    }
}
