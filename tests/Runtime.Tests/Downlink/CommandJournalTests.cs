using System.Text;
using System.Threading.Channels;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class CommandJournalTests : IDisposable
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/m1");
    private static readonly SubDeviceId Other = SubDeviceId.Parse("SUBPROD001/m2");
    private readonly SimulatedTime _time = new();
    private readonly SimulatedDisk _disk = new();
    private readonly LogWatch _log = new();
    private readonly Channel<SubDeviceId> _ready = Channel.CreateUnbounded<SubDeviceId>();
    private readonly LoggerFactory _loggers;

    public CommandJournalTests() => _loggers = new LoggerFactory([_log]);

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task What_was_finished_is_known_after_a_restart_and_answered_with_the_same_bytes()
    {
        byte[] reply = Encoding.UTF8.GetBytes("""{"outcome":"refused","id":"é\"\n😀","reason":"21 °C"}""");
        await WithAsync(_disk, journal => journal.Finish(Meter, "é\"\n😀", reply));

        await WithAsync(_disk, journal =>
        {
            Assert.True(journal.TryAnswerAgain(Meter, "é\"\n😀"));
            Assert.False(journal.TryAnswerAgain(Other, "é\"\n😀"));
            Assert.Equal(reply, journal.TakeReply(Meter)?.Reply.ToArray());
        });
    }

    [Fact]
    public async Task What_was_under_way_when_the_gateway_ended_is_unknown_and_stays_so()
    {
        _disk.Text = """{"entry":"intent","device":"SUBPROD001/m1","id":"c1","at":1}""" + "\n";
        await WithAsync(_disk, _ => { });
        await WithAsync(_disk, journal =>
        {
            string reply = Encoding.UTF8.GetString(journal.TakeReply(Meter)!.Reply.Span);
            Assert.StartsWith("""{"outcome":"unknown","id":"c1","reason":"The gateway ended while it was under way""", reply, StringComparison.Ordinal);
        });
        Assert.Contains("\"entry\":\"outcome\"", _disk.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"entry\":\"int")]
    [InlineData("\0\0\0\0\0\0")]
    [InlineData("{\"entry\":\"intent\",\"device\":\"nobody\",\"id\":\"x\",\"at\":1}\n")]
    [InlineData("{\"entry\":\"outcome\",\"device\":\"SUBPROD001/m1\",\"id\":\"x\",\"at\":1}\n")]
    [InlineData("{\"entry\":\"other\",\"device\":\"SUBPROD001/m1\",\"id\":\"x\",\"at\":1}\n")]
    [InlineData("null\n")]
    [InlineData("{\"entry\":\"intent\",\"device\":\"SUBPROD001/m1\",\"id\":\"\\ud800\",\"at\":1}\n")]
    public async Task A_damaged_line_is_counted_told_once_and_costs_nothing_but_itself(string damage)
    {
        await WithAsync(_disk, journal => journal.Finish(Meter, "c1", "{}"u8.ToArray()));
        _disk.Text = damage + (damage.EndsWith('\n') ? "" : "\n") + _disk.Text + damage;

        await WithAsync(_disk, journal =>
        {
            Assert.Equal(2, journal.Status.DamagedLines);
            Assert.True(journal.TryAnswerAgain(Meter, "c1"));
            journal.Finish(Meter, "c2", "{}"u8.ToArray()); // must not be lost in the torn line
        });
        await WithAsync(_disk, journal =>
        {
            Assert.True(journal.TryAnswerAgain(Meter, "c2"));
            Assert.Equal(0, journal.Status.DamagedLines);
        });
        Assert.Single(_log.Lines, line => line.EventId == 4313);
    }

    [Fact]
    public async Task The_oldest_delivered_go_first_then_the_oldest_that_wait_which_is_told_with_device_and_id()
    {
        await WithAsync(_disk, async journal =>
        {
            for (int i = 0; i < 4; i++) journal.Finish(Meter, $"c{i}", "{}"u8.ToArray());
            _ = await ReplyAsync(journal); // c0 is on its way
            journal.Deliver(await ReplyAsync(journal)); // c1
            journal.Finish(Other, "c4", "{}"u8.ToArray());
            Assert.False(journal.TryAnswerAgain(Meter, "c1"));
            Assert.Empty(_log.Troubles);

            journal.Finish(Other, "c5", "{}"u8.ToArray());
            Assert.False(journal.TryAnswerAgain(Meter, "c0"));
            Assert.True(journal.TryAnswerAgain(Meter, "c2"));
            Assert.Equal(4, journal.Status.RepliesWaiting);
        }, new CommandJournalOptions { MaxCommands = 4 });
        Assert.Contains("c0 of SUBPROD001/m1", Assert.Single(_log.Troubles).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_are_bounded_by_their_bytes_too()
    {
        await WithAsync(_disk, journal =>
        {
            for (int i = 0; i < 10; i++) journal.Finish(Meter, $"c{i}", new byte[100]);
            Assert.Equal(3, journal.Status.RepliesWaiting);
        }, new CommandJournalOptions { MaxBytes = 399 });
    }

    [Fact]
    public async Task A_day_after_its_reply_was_delivered_a_command_is_forgotten_and_a_clock_that_jumps_changes_nothing()
    {
        await WithAsync(_disk, async journal =>
        {
            journal.Finish(Meter, "old", "{}"u8.ToArray());
            journal.Deliver(await ReplyAsync(journal));
            _time.Jump(TimeSpan.FromDays(3));
            _time.TryStep(_time.Now + TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
            journal.Finish(Meter, "new", "{}"u8.ToArray());
            Assert.True(journal.TryAnswerAgain(Meter, "old"));

            _time.Jump(TimeSpan.FromDays(-9));
            _time.TryStep(_time.Now + TimeSpan.FromTicks(1));
            journal.Finish(Meter, "newest", "{}"u8.ToArray());
            Assert.False(journal.TryAnswerAgain(Meter, "old"));
            Assert.True(journal.TryAnswerAgain(Meter, "new"));
        });
    }

    [Fact]
    public async Task The_file_is_written_anew_when_it_has_grown_and_stays_small()
    {
        await WithAsync(_disk, async journal =>
        {
            for (int i = 0; i < 500; i++)
            {
                Assert.Null(await journal.BeginAsync(Meter, $"c{i}", CancellationToken.None));
                journal.Finish(Meter, $"c{i}", "{}"u8.ToArray());
                Assert.Null(await journal.BeginAsync(Other, $"c{i}", CancellationToken.None)); // so the outcome is written, too
                journal.Finish(Other, $"c{i}", "{}"u8.ToArray());
                if (journal.TakeReply(Meter) is { } reply) journal.Deliver(reply);
                if (journal.TakeReply(Other) is { } other) journal.Deliver(other);
            }
        }, new CommandJournalOptions { MaxCommands = 10, CompactAt = 4096 });
        Assert.InRange(_disk.Bytes.Length, 1, 4096 + (3 * 10 * 200) + 1000);
        Assert.True(_disk.Replaced > 10);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_refuses_commands_and_what_it_says_counts_once_it_can()
    {
        await WithAsync(_disk, journal => journal.Finish(Meter, "c1", "1"u8.ToArray()));
        _disk.Fails = true;
        await WithAsync(_disk, async journal =>
        {
            Assert.Contains("Input/output error", await journal.BeginAsync(Meter, "c1", CancellationToken.None), StringComparison.Ordinal);
            _disk.Fails = false;
            Assert.Null(await journal.BeginAsync(Other, "c2", CancellationToken.None));
            Assert.True(journal.TryAnswerAgain(Meter, "c1"));
            Assert.Equal("1"u8.ToArray(), journal.TakeReply(Meter)?.Reply.ToArray());
            Assert.Null(journal.Status.Trouble);
        });
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_outlives_the_process()
    {
        var folder = Directory.CreateTempSubdirectory("bridge-journal-");
        string path = Path.Combine(folder.FullName, "commands");
        await WithAsync(new CommandLogFile(new PrivateFolder(path)), journal => journal.Finish(Meter, "c1", "{}"u8.ToArray()));
        await WithAsync(new CommandLogFile(new PrivateFolder(path)), journal => Assert.True(journal.TryAnswerAgain(Meter, "c1")));

        string file = Assert.Single(Directory.GetFiles(path));
        Assert.Equal("journal.jsonl", Path.GetFileName(file));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }

        folder.Delete(recursive: true);
    }

    private async Task<JournaledCommand> ReplyAsync(CommandJournal journal)
    {
        while (true)
        {
            if (journal.TakeReply(Meter) is { } reply) return reply;
            await Step.Of("a reply is ready", ct => _ready.Reader.ReadAsync(ct).AsTask(), _log);
        }
    }

    private Task WithAsync(ICommandLog disk, Action<CommandJournal> act, CommandJournalOptions? options = null) =>
        WithAsync(disk, journal =>
    {
        act(journal);
        return Task.CompletedTask;
    }, options);

    /// <summary>Opens the journal, does something and closes it.</summary>
    private async Task WithAsync(ICommandLog disk, Func<CommandJournal, Task> act, CommandJournalOptions? options = null)
    {
        options ??= new CommandJournalOptions();
        var journal = new CommandJournal(options, _time, _loggers.CreateLogger<CommandJournal>())
        {
            ReplyReady = device =>
            _ready.Writer.TryWrite(device)
        };
        var writer = new JournalWriter(journal, disk, options, _time, _loggers.CreateLogger<JournalWriter>());
        await writer.OpenAsync();
        var running = writer.RunAsync();
        await act(journal);
        journal.Complete();
        await Step.Of("the journal is written", running.WaitAsync, _log);
    }
}
