namespace BridgeFramework.Runtime.Tests;

public sealed class DriverInputTests
{
    private static readonly PointDefinition Note = new() { Name = "note", At = new object() };
    private static readonly SubDevice Meter =
        new() { Id = SubDeviceId.Parse("SUBPROD001/meter"), Settings = new object(), Points = [Note] };

    public static TheoryData<Variant> TooLong =>
    [
        Variant.From(new string('a', DriverInput.MaxValueLength + 1)),
        Variant.From(new string('é', (DriverInput.MaxValueLength / 2) + 1)),
        Variant.From(new string('€', (DriverInput.MaxValueLength / 3) + 1)),
        Variant.From(new byte[DriverInput.MaxValueLength + 1]),
        Variant.From(new string('a', 1_000_000)),
    ];

    public static TheoryData<Variant> LongestPossible =>
    [
        Variant.From(new string('a', DriverInput.MaxValueLength)),
        Variant.From(new string('é', DriverInput.MaxValueLength / 2)),
        Variant.From(new string('€', DriverInput.MaxValueLength / 3)),
        Variant.From(new byte[DriverInput.MaxValueLength]),
        Variant.From(""),
    ];

    [Theory]
    [MemberData(nameof(TooLong))]
    public void A_value_that_no_message_can_carry_is_refused_and_its_point_named(Variant value)
    {
        var refused = Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new[] { Good(), new PointValue(Note, value) }));
        Assert.Contains("Point 'note' of SUBPROD001/meter: a value of ", refused.Message, StringComparison.Ordinal);

        Assert.Throws<ArgumentException>(() => DriverInput.Check(
            Meter, new DeviceEvent { Name = "x", Data = new Dictionary<string, Variant>(StringComparer.Ordinal) { ["note"] = value } }));
    }

    [Theory]
    [MemberData(nameof(LongestPossible))]
    public void The_longest_value_is_taken(Variant value) => DriverInput.Check(Meter, new[] { new PointValue(Note, value) });

    [Theory]
    [InlineData(6)]
    [InlineData(99)]
    public void A_quality_that_is_none_is_refused(byte quality) => Assert.Contains(
        $"there is no quality {quality}",
        Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new[] { new PointValue(Note, (Quality)quality) })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Every_quality_without_a_value_is_taken_but_good()
    {
        foreach (var quality in Enum.GetValues<Quality>().Where(quality => quality != Quality.Good))
            DriverInput.Check(Meter, new[] { new PointValue(Note, quality) });

        var refused = Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new[] { new PointValue(Note, Quality.Good) }));
        Assert.Contains("a good sample needs a value", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_without_a_point_is_refused()
    {
        Assert.Contains(
            "an entry without a point",
            Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new PointValue[1])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("door opened")]
    [InlineData("a.b")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void An_event_has_a_name_of_its_form(string name) =>
        Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new DeviceEvent { Name = name }));

    [Fact]
    public void An_event_is_of_a_known_level_and_has_some_data_at_most()
    {
        DriverInput.Check(Meter, new DeviceEvent { Name = "doorOpened_1-a", Level = EventLevel.Fault, Data = Data(256) });

        Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new DeviceEvent { Name = "x", Level = (EventLevel)9 }));
        Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new DeviceEvent { Name = "x", Data = Data(257) }));
        Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new DeviceEvent { Name = "x", Data = null! /* as plugins may */ }));
    }

    [Fact]
    public void An_event_is_bounded_as_a_whole_with_the_names_of_its_data()
    {
        Dictionary<string, Variant> data = Data(1000 / 8);
        int length = data.Keys.Sum(key => key.Length) + (data.Count * 8);
        data["text"] = Variant.From(new string('é', 4000));
        data["bytes"] = Variant.From(new byte[DriverInput.MaxValueLength - length - 4 - 8000 - 5]);
        DriverInput.Check(Meter, new DeviceEvent { Name = "x", Data = data });

        data["é"] = Variant.From(true);

        var refused = Assert.Throws<ArgumentException>(() => DriverInput.Check(Meter, new DeviceEvent { Name = "x", Data = data }));
        Assert.StartsWith("Event 'x' of SUBPROD001/meter", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"its data are {DriverInput.MaxValueLength + 10} bytes with their names: expected at most 16384.", refused.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(55)]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_presence_that_is_none_is_refused(int presence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DriverInput.Check(Meter, (Presence)presence));

    [Fact]
    public void Every_presence_is_taken() => Assert.All(Enum.GetValues<Presence>(), presence => DriverInput.Check(Meter, presence));

    private static PointValue Good() => new(Note, Variant.From(1));

    private static Dictionary<string, Variant> Data(int count) => Enumerable.Range(0, count).ToDictionary(
        number => $"d{number}", number => Variant.From(number), StringComparer.Ordinal);
}
