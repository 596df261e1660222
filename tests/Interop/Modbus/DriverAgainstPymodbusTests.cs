using BridgeFramework.DeviceSimulators;

namespace BridgeFramework.Interop;

/// <summary>Our master against a slave by pymodbus, whose numbers Python's own <c>struct</c> has laid out.</summary>
public sealed class DriverAgainstPymodbusTests
{
    private const int Writable = 1000;

    private static readonly (string Order, int Base)[] Orders = [("ABCD", 0), ("CDAB", 100), ("BADC", 200), ("DCBA", 300)];

    private static readonly (string Type, int Offset, Variant Value)[] Numbers =
    [
        ("int16", 0, Variant.From(-1234)),
        ("uint16", 1, Variant.From(54321)),
        ("int32", 2, Variant.From(-123456789)),
        ("uint32", 4, Variant.From(3456789012)),
        ("float32", 6, Variant.From(123.456)),
        ("int64", 8, Variant.From(-1234567890123)),
        ("uint64", 12, Variant.From(12345678901234567890)),
        ("float64", 16, Variant.From(123.456)),
    ];

    private static IEnumerable<(string Name, string At, Variant Value)> Points(string table, int shift = 0) =>
        from order in Orders
        from number in Numbers
        select (
            $"{table}_{order.Order}_{number.Type}",
            $$"""{ "table": "{{table}}", "address": {{shift + order.Base + number.Offset}}, "type": "{{number.Type}}", "order": "{{order.Order}}" }""",
            number.Value);

    [Theory]
    [InlineData("holding")]
    [InlineData("input")]
    public async Task It_reads_every_type_in_every_order(string table)
    {
        await using var slave = await PymodbusSlave.StartAsync();
        var points = Points(table).ToList();
        await using var driver = DriverUnderTest.Start(slave.Port, points.Select(point => (point.Name, point.At)));

        var values = await driver.ReadAllAsync();
        Assert.All(points, point => Assert.Equal($"{point.Name} = {point.Value}", $"{point.Name} = {values[point.Name].Value}"));
    }

    [Fact]
    public async Task It_writes_every_type_in_every_order_as_Python_lays_it_out()
    {
        await using var slave = await PymodbusSlave.StartAsync();
        var points = Points("holding", Writable).ToList();
        await using var driver = DriverUnderTest.Start(slave.Port, points.Select(point => (point.Name, point.At)));
        foreach (var (name, _, value) in points) await driver.WriteAsync(name, value);

        foreach (var (_, start) in Orders)
            Assert.Equal(
                await Mbpoll.ReadAsync(slave.Port, 1, "4", start, 20), await Mbpoll.ReadAsync(slave.Port, 1, "4", Writable + start, 20));
    }

    [Fact]
    public async Task It_reads_and_writes_text_bits_and_scaled_numbers()
    {
        await using var slave = await PymodbusSlave.StartAsync();
        await using var driver = DriverUnderTest.Start(slave.Port,
        [
            ("text", """{ "table": "holding", "address": 400, "type": "string", "length": 8 }"""),
            ("bit0", """{ "table": "holding", "address": 410, "bit": 0 }"""),
            ("bit1", """{ "table": "holding", "address": 410, "bit": 1 }"""),
            ("bit15", """{ "table": "holding", "address": 410, "bit": 15 }"""),
            ("scaled", """{ "table": "input", "address": 0, "type": "int16", "scale": 0.1 }"""),
            ("newText", """{ "table": "holding", "address": 1400, "type": "string", "length": 8 }"""),
            ("newBit0", """{ "table": "holding", "address": 1410, "bit": 0 }"""),
            ("newBit2", """{ "table": "holding", "address": 1410, "bit": 2 }"""),
            ("newBit15", """{ "table": "holding", "address": 1410, "bit": 15 }"""),
            ("newScaled", """{ "table": "holding", "address": 1000, "type": "int16", "scale": 0.1 }"""),
        ]);

        var values = await driver.ReadAllAsync();
        Assert.Equal("Meter 7", values["text"].Value.AsText());
        Assert.Equal(
            (true, false, true), (values["bit0"].Value.AsBoolean(), values["bit1"].Value.AsBoolean(), values["bit15"].Value.AsBoolean()));
        Assert.Equal(-123.4, values["scaled"].Value.AsNumber());

        await driver.WriteAsync("newText", Variant.From("Meter 7"));
        await driver.WriteAsync("newBit0", Variant.From(true));
        await driver.WriteAsync("newBit2", Variant.From(true));
        await driver.WriteAsync("newBit15", Variant.From(true));
        await driver.WriteAsync("newScaled", Variant.From(-123.4));
        Assert.Equal(await Mbpoll.ReadAsync(slave.Port, 1, "4", 400, 8), await Mbpoll.ReadAsync(slave.Port, 1, "4", Writable + 400, 8));
        Assert.Equal([0b1000_0000_0000_0101], await Mbpoll.ReadAsync(slave.Port, 1, "4", Writable + 410, 1));
        Assert.Equal([65536 - 1234], await Mbpoll.ReadAsync(slave.Port, 1, "4", Writable, 1));
    }

    [Fact]
    public async Task It_reads_coils_and_discrete_inputs_and_writes_coils()
    {
        // CD 6B B2 0E 1B, the first bit lowest.
        int[] bits = [1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1];
        await using var slave = await PymodbusSlave.StartAsync();
        await using var driver = DriverUnderTest.Start(slave.Port,
        [
            .. bits.Select((_, i) => ($"c{i}", $$"""{ "table": "coil", "address": {{i}} }""")),
            .. bits.Select((_, i) => ($"d{i}", $$"""{ "table": "discrete", "address": {{i}} }""")),
            ("relay", """{ "table": "coil", "address": 1003 }"""),
        ]);

        var values = await driver.ReadAllAsync();
        Assert.Equal(bits, bits.Select((_, i) => values[$"c{i}"].Value.AsBoolean() ? 1 : 0));
        Assert.Equal(bits, bits.Select((_, i) => values[$"d{i}"].Value.AsBoolean() ? 1 : 0));

        await driver.WriteAsync("relay", Variant.From(true));
        Assert.Equal([0, 0, 0, 1, 0], await Mbpoll.ReadAsync(slave.Port, 1, "0", 1000, 5));
        await driver.WriteAsync("relay", Variant.From(false));
        Assert.Equal([0], await Mbpoll.ReadAsync(slave.Port, 1, "0", 1003, 1));
    }

    [Fact]
    public async Task One_point_in_a_hole_is_bad_and_its_neighbours_are_good()
    {
        await using var slave = await PymodbusSlave.StartAsync();
        await using var driver = DriverUnderTest.Start(slave.Port,
        [
            ("before", """{ "table": "holding", "address": 19, "type": "uint16" }"""),
            ("hole", """{ "table": "holding", "address": 50, "type": "uint16" }"""),
            ("after", """{ "table": "holding", "address": 101, "type": "uint16" }"""),
        ]);
        var values = await driver.ReadAllAsync();
        Assert.Equal(
            (Quality.Good, Quality.Refused, Quality.Good), (values["before"].Quality, values["hole"].Quality, values["after"].Quality));
        Assert.Equal(54321, values["after"].Value.AsInteger());
    }

    [Fact]
    public async Task A_slave_that_died_and_came_back_is_read_again()
    {
        await using var slave = await PymodbusSlave.StartAsync();
        await using var driver = DriverUnderTest.Start(slave.Port, [("value", """{ "table": "holding", "address": 1, "type": "uint16" }""")]);
        await GoodAsync(driver, from: 0);

        await slave.KillAsync();
        int before = driver.Channel.Reports.Count;
        await DriverUnderTest.WithinPatienceAsync(
            token => driver.Channel.WaitForPresenceAsync(driver.Device, Presence.Absent, token), "the slave to be absent");
        await DriverUnderTest.WithinPatienceAsync(
            token => driver.Channel.WaitForQualityAsync("value", Quality.LinkDown, token, before), "a bad value");

        int down = driver.Channel.Reports.Count;
        int changes = driver.Channel.PresenceChanges.Count;
        await slave.RestartAsync();
        await GoodAsync(driver, down);
        await DriverUnderTest.WithinPatienceAsync(
            token => driver.Channel.WaitForPresenceAsync(driver.Device, Presence.Present, token, changes), "the slave to be present");
    }

    [Fact]
    public async Task Late_doubled_and_half_answers_never_shift_a_value()
    {
        await using var slave = ModbusSlave.Start();
        var unit = slave.AddUnit(1);
        for (int i = 0; i < 4; i++) unit.Holding.SetUInt16(200 * i, (ushort)(1000 + i));
        // Far enough apart for a request each; every answer looks like the others but for its value.
        await using var driver = DriverUnderTest.Start(
            slave.Port, Enumerable.Range(0, 4).Select(i => ($"v{i}", $$"""{ "table": "holding", "address": {{200 * i}}, "type": "uint16" }""")));
        await driver.ReadAllAsync();

        slave.Inject(new ModbusFault { Duplicate = true, Times = 5 });
        slave.Inject(new ModbusFault { WrongTransactionId = true, Times = 1 });
        slave.Inject(new ModbusFault { Delay = TimeSpan.FromSeconds(1.2), Times = 2 }); // more than the response timeout of 1 s
        slave.Inject(new ModbusFault { Half = true, Times = 1 });
        slave.Inject(new ModbusFault { Dribble = true, Duplicate = true, Times = 5 });
        slave.Inject(new ModbusFault { WrongUnit = true, Times = 1 });
        slave.Inject(new ModbusFault { Silent = true, Times = 1 });
        int before = driver.Channel.Reports.Count;
        for (int rounds = 0; rounds < 3;)
            if ((await driver.ReadAllAsync()).Values.All(value => value.Quality == Quality.Good)) rounds++;

        foreach (var report in driver.Channel.Reports.ToList().Skip(before))
            foreach (var value in report.Values.Where(value => value.Quality == Quality.Good))
                Assert.Equal($"v{value.Value.AsInteger() - 1000}", value.Point.Name);
    }

    private static Task<Variant> GoodAsync(DriverUnderTest driver, int from) =>
        DriverUnderTest.WithinPatienceAsync(
            token => driver.Channel.WaitForValueAsync("value", value => value.AsInteger() == 54321, token, from), "a good value");
}
