using BridgeFramework.Disks;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class BootTimesTests : IDisposable
{
    private const int Told = 4110;
    private const int Unwritable = 4111;
    private static readonly DateTimeOffset Floor = DateTimeOffset.UnixEpoch.AddYears(55);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-boots-");
    private readonly LogWatch _log = new();
    private readonly LoggerFactory _loggers;

    public BootTimesTests() => _loggers = new LoggerFactory([_log]);

    private string File => Path.Combine(_folder.FullName, "boots");

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Samples_of_1970_have_the_right_time_once_the_hub_has_told_it()
    {
        var machine = new Machine(this, "A");
        var sample = machine.SampleAfter(TimeSpan.FromSeconds(5));
        Assert.True(machine.Clock.TimeOf(sample) >= Floor.ToUnixTimeMilliseconds(), "Not before what is known for certain.");

        machine.HubTells();

        Assert.Equal(machine.TrueTimeAfter(5), machine.Clock.TimeOf(sample));
        Assert.Empty(_log.Troubles);
    }

    [Fact]
    public void Samples_of_an_earlier_start_keep_the_time_that_became_known_in_it()
    {
        var first = new Machine(this, "A");
        var early = first.SampleAfter(TimeSpan.FromSeconds(5));
        first.SampleAfter(TimeSpan.FromMinutes(10));
        first.HubTells(); // only later in that start
        first.Clock.Keep();

        var second = new Machine(this, "B");
        Assert.Equal(first.TrueTimeAfter(5), second.Clock.TimeOf(early));
        var late = second.SampleAfter(TimeSpan.FromSeconds(7));
        Assert.NotEqual(early.Boot, late.Boot);
        second.HubTells();
        Assert.Equal((first.TrueTimeAfter(5), second.TrueTimeAfter(7)), (second.Clock.TimeOf(early), second.Clock.TimeOf(late)));
    }

    [Fact]
    public void A_gateway_started_again_in_the_same_start_of_the_machine_goes_on_with_its_stamps()
    {
        var machine = new Machine(this, "A");
        var sample = machine.SampleAfter(TimeSpan.FromSeconds(5));
        machine.HubTells();
        machine.Clock.Keep();

        machine.StartGateway(); // the system clock is in 1970 still, which is no reason to forget
        Assert.Equal(sample.Boot, machine.Clock.Now.Boot);
        Assert.Equal(machine.TrueTimeAfter(5), machine.Clock.TimeOf(sample));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_system_clock_that_jumps_changes_neither_times_nor_their_order_once_the_hub_has_told_it(int days)
    {
        var machine = new Machine(this, "A");
        machine.HubTells();
        var before = machine.SampleAfter(TimeSpan.FromSeconds(1));
        machine.Time.Jump(TimeSpan.FromDays(days));
        var after = machine.SampleAfter(TimeSpan.FromSeconds(1));

        Assert.Equal((machine.TrueTimeAfter(1), machine.TrueTimeAfter(2)), (machine.Clock.TimeOf(before), machine.Clock.TimeOf(after)));
    }

    [Theory]
    [InlineData(2500, 0)]
    [InlineData(-2500, 0)]
    [InlineData(4000, 4000)]
    public void What_is_sent_twice_is_the_same_twice_where_the_clock_is_only_a_little_off(int told, int moved)
    {
        var machine = new Machine(this, "A");
        machine.HubTells();
        var sample = machine.SampleAfter(TimeSpan.FromSeconds(1));
        long time = machine.Clock.TimeOf(sample);
        machine.HubTells(off: TimeSpan.FromMilliseconds(told));

        Assert.Equal(time + moved, machine.Clock.TimeOf(sample));
    }

    [Fact]
    public void A_damaged_file_is_told_and_costs_only_what_is_damaged()
    {
        var first = new Machine(this, "A");
        first.HubTells();
        var sampleOfFirst = first.SampleAfter(TimeSpan.FromSeconds(5));
        first.Clock.Keep();
        var second = new Machine(this, "B");
        second.HubTells();
        second.Clock.Keep();
        var third = new Machine(this, "C");
        third.HubTells();
        var sampleOfThird = third.SampleAfter(TimeSpan.FromSeconds(9));
        third.Clock.Keep();
        string[] lines = System.IO.File.ReadAllLines(File);
        System.IO.File.WriteAllLines(File, [lines[0], lines[1][..10], lines[2]]);

        var fourth = new Machine(this, "D");

        Assert.Contains(_log.Troubles, line => line.EventId == Told);
        Assert.Equal(4, fourth.Clock.Now.Boot); // a number is not given again
        Assert.Equal(
            (first.TrueTimeAfter(5), third.TrueTimeAfter(9)), (fourth.Clock.TimeOf(sampleOfFirst), fourth.Clock.TimeOf(sampleOfThird)));
    }

    [Fact]
    public void Whoever_asks_for_a_time_does_not_wait_for_the_disk()
    {
        var disk = new ForgetfulDisk();
        var time = new SimulatedTime();
        var hub = new HubTime(time, Floor);
        var clock = new BootTimes(
            new BootTimesFile(PrivateFile.At("/data/boots", disk.Mount())), "A", hub, _loggers.CreateLogger<BootTimes>());
        hub.Set(Floor.AddYears(2), time.GetTimestamp());
        int before = disk.Operations;

        Assert.Equal(Floor.AddYears(2).ToUnixTimeMilliseconds(), clock.TimeOf(clock.Now));
        Assert.Equal(before, disk.Operations);
        clock.Keep(); // what it has taken note of meanwhile
        Assert.NotEqual(before, disk.Operations);
        before = disk.Operations;
        clock.Keep();
        Assert.Equal(before, disk.Operations);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON at all\n\0\0\0")]
    [InlineData("{\"number\":-3,\"id\":null}\n{\"number\":1,\"id\":\"A\"}\n{\"number\":1,\"id\":\"B\"}\nnull\n[]\n")]
    public void Whatever_the_file_holds_the_gateway_starts(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var machine = new Machine(this, "Z");
        machine.HubTells();
        Assert.Equal(machine.TrueTimeAfter(3), machine.Clock.TimeOf(machine.SampleAfter(TimeSpan.FromSeconds(3))));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_and_this_start_has_its_times_all_the_same()
    {
        System.IO.File.WriteAllText(File, "a file where a folder should be");
        var machine = new Machine(this, "A", Path.Combine(File, "boots"));
        machine.HubTells();
        Assert.Equal(machine.TrueTimeAfter(3), machine.Clock.TimeOf(machine.SampleAfter(TimeSpan.FromSeconds(3))));
        Assert.Contains(_log.Troubles, line => line.EventId == Unwritable);
    }

    [Fact]
    public void The_file_is_private_and_keeps_no_more_starts_than_it_has_to()
    {
        for (int start = 0; start < 300; start++)
            _ = new Machine(this, "boot " + start.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(256, System.IO.File.ReadAllLines(File).Length);
        Assert.Equal(301, new Machine(this, "another").Clock.Now.Boot);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    /// <summary>A box without a clock battery, from its start on: its clock says 1970.</summary>
    private sealed class Machine
    {
        private readonly DateTimeOffset _startedAt;
        private readonly BootTimesTests _test;
        private readonly string _boot;
        private readonly string _file;
        private HubTime _hub;

        public Machine(BootTimesTests test, string boot, string? file = null)
        {
            (_test, _boot, _file) = (test, boot, file ?? test.File);
            _startedAt = DateTimeOffset.UnixEpoch.AddYears(56).AddDays(boot[0]); // a later day for each
            Time.Jump(DateTimeOffset.UnixEpoch - Time.GetUtcNow());
            StartGateway();
        }

        public SimulatedTime Time { get; } = new();

        public BootTimes Clock { get; private set; }

        [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_hub), nameof(Clock))]
        public void StartGateway()
        {
            _hub = new HubTime(Time, Floor);
            Clock = new BootTimes(new BootTimesFile(PrivateFile.At(_file)), _boot, _hub, _test._loggers.CreateLogger<BootTimes>());
        }

        public SampleStamp SampleAfter(TimeSpan wait)
        {
            Time.TryStep(Time.Now + wait);
            return Clock.Now;
        }

        public void HubTells(TimeSpan off = default) => _hub.Set(_startedAt + Time.Now + off, Time.GetTimestamp());

        /// <summary>What time it really was so long after the start.</summary>
        public long TrueTimeAfter(int seconds) => (_startedAt + TimeSpan.FromSeconds(seconds)).ToUnixTimeMilliseconds();
    }
}
