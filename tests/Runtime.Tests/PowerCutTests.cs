using System.Security.Cryptography;
using System.Text;
using BridgeFramework.Configuration;
using BridgeFramework.Disks;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>
/// After a power cut at any step the old state is there or the new one, whole, and what was promised is kept: for every kind of file that
/// the engine has in the data folder. The hub session's are tested with it, the outbox and the copies of plugins with theirs.
/// </summary>
public sealed class PowerCutTests
{
    private static readonly string[] Channels = ["line1", "line2"];
    private static readonly byte[] Image = RandomNumberGenerator.GetBytes((2 * PartialImage.BlockSize) + 777);
#pragma warning disable CA5351 // The hub names the MD5 of an image.
    private static readonly ImageKey Key = new(Convert.ToHexStringLower(MD5.HashData(Image)), Image.Length);
#pragma warning restore CA5351

    private static readonly Dictionary<string, Func<PowerCutScenario>> Kinds = new(StringComparer.Ordinal)
    {
        ["an entry of a channel's store"] = ChannelStore,
        ["a deleted entry of a channel's store"] = DeletedEntry,
        ["the copies of stores before a trial"] = SavedStores,
        ["stores that are put back after a trial"] = RestoredStores,
        ["the plugin book"] = Book,
        ["the command journal"] = Journal,
        ["the times of the machine's starts"] = BootTimes,
        ["the record of a firmware update"] = UpdateRecord,
        ["a firmware image"] = FirmwareImage,
        ["what is bound"] = Bindings,
    };

    public static TheoryData<string> All => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_the_engine_keeps_outlives_a_power_cut_at_any_step(string kind) =>
        Assert.InRange(await PowerCuts.TryAllAsync(Kinds[kind]()), 2, 500);

    private static PowerCutScenario ChannelStore() => new(
        disk => WriteAsync(disk, "line1", "counter", "old"),
        disk => WriteAsync(disk, "line1", "counter", "new"),
        async (disk, ended) => AssertIsOldOrNew(await ReadAsync(disk, "line1", "counter"), "old", "new", ended));

    private static PowerCutScenario DeletedEntry() => new(
        disk => WriteAsync(disk, "line1", "counter", "old"),
        async disk =>
        {
            using var store = Store(disk, "line1");
            await store.DeleteAsync("counter", Ct);
        },
        async (disk, ended) => AssertIsOldOrNew(await ReadAsync(disk, "line1", "counter"), "old", null, ended));

    /// <summary>Once it is written down that they were saved, they can be put back, whatever the new version made of the stores.</summary>
    private static PowerCutScenario SavedStores() => new(
        async disk =>
        {
            await WriteAsync(disk, "line1", "a", "1");
            await WriteAsync(disk, "line1", "b", "2");
            Copies(disk).Save("shape", ["line1"]); // of a trial before
        },
        async disk =>
        {
            if (Note(disk).Exists) Copies(disk).Restore("shape", Channels); // the process died in the middle of it
            Note(disk).Delete();
            Copies(disk).Save("shape", Channels);
            Note(disk).Replace("saved"u8);
            await WriteAsync(disk, "line1", "a", "9");
            await WriteAsync(disk, "line2", "c", "9");
        },
        async (disk, ended) =>
        {
            Assert.True(!ended || Note(disk).Exists);
            if (!Note(disk).Exists) return;
            Copies(disk).Restore("shape", Channels);
            await AssertAsTheyWereAsync(disk);
        });

    private static PowerCutScenario RestoredStores() => new(
        async disk =>
        {
            await WriteAsync(disk, "line1", "a", "1");
            await WriteAsync(disk, "line1", "b", "2");
            Copies(disk).Save("shape", Channels);
            BookOf(disk).Write(RecordsOf("1", isTrying: true));
            await WriteAsync(disk, "line1", "a", "9");
            await WriteAsync(disk, "line2", "c", "9");
        },
        disk => Done(() =>
        {
            PutBack(disk);
            Copies(disk).Delete("shape");
        }),
        async (disk, _) =>
        {
            PutBack(disk);
            await AssertAsTheyWereAsync(disk);
        });

    private static void PutBack(IDisk disk)
    {
        var book = BookOf(disk);
        if (book.Records.Find("shape")?.Trial is not { } trial) return;
        Copies(disk).Restore("shape", trial.Channels);
        book.Write(RecordsOf("1"));
    }

    private static PowerCutScenario Book() => new(
        disk => Done(() => BookOf(disk).Write(RecordsOf("1"))),
        disk => Done(() => BookOf(disk).Write(RecordsOf("2"))),
        (disk, ended) => Done(() => AssertIsOldOrNew(BookOf(disk).Records.Find("shape")?.Current?.Version, "1", "2", ended)));

    /// <summary>Every line whose append has ended is there, were it the first in a new file.</summary>
    private static PowerCutScenario Journal()
    {
        var promised = new List<string>();
        return new PowerCutScenario(
            _ => Task.CompletedTask,
            async disk =>
            {
                promised.Clear();
                var log = new CommandLogFile(new PrivateFolder("/data/commands", disk));
                await log.AppendAsync("begun\n"u8.ToArray(), sync: false);
                await AppendAsync("intent 1");
                await AppendAsync("outcome 1");
                promised.Remove("intent 1"); // which the whole file does without
                await log.ReplaceAsync("outcome 1\n"u8.ToArray());
                await log.AppendAsync("delivered\n"u8.ToArray(), sync: false);
                await AppendAsync("intent 2");
                log = new CommandLogFile(new PrivateFolder("/data/commands", disk)); // another process, and the file is there
                await AppendAsync("outcome 2");

                async Task AppendAsync(string line)
                {
                    await log.AppendAsync(Encoding.UTF8.GetBytes(line + "\n"), sync: true);
                    promised.Add(line);
                }
            },
            async (disk, _) =>
            {
                var content = (await new CommandLogFile(new PrivateFolder("/data/commands", disk)).ReadAsync()).Lines;
                string[] lines = Encoding.UTF8.GetString(content.Span).Split('\n');
                Assert.All(promised, line => Assert.Contains(line, lines, StringComparer.Ordinal));
            });
    }

    private static PowerCutScenario BootTimes() => new(
        disk => Done(() => Boots(disk).Write([new BootTime(1, "A", 100, IsTrusted: false)])),
        disk => Done(() => Boots(disk).Write([new BootTime(1, "A", 200, IsTrusted: true)])),
        (disk, ended) => Done(() =>
        {
            var boot = Assert.Single(Boots(disk).Read(out string? problem));
            Assert.Null(problem);
            AssertIsOldOrNew($"{boot.Offset}", "100", "200", ended);
        }));

    private static PowerCutScenario UpdateRecord() => new(
        disk => Done(() => Records(disk).Write(RecordIn(UpdatePhase.Queued))),
        disk => Done(() => Records(disk).Write(RecordIn(UpdatePhase.Done))),
        (disk, ended) => Done(() => AssertIsOldOrNew(
            $"{Records(disk).Find(Meter)?.Phase}", $"{UpdatePhase.Queued}", $"{UpdatePhase.Done}", ended)));

    private static PowerCutScenario Bindings() => new(
        disk => BindingsIn(disk).WriteAsync("GWPROD0001/gw1", [new BindingRecord("PRODUCT001/meter1", Bound: true, "")]),
        disk => BindingsIn(disk).WriteAsync("GWPROD0001/gw1", [new BindingRecord("PRODUCT001/meter1", Bound: false, "")]),
        (disk, ended) => Done(() => AssertIsOldOrNew(
            $"{Assert.Single(BindingsIn(disk).TryRead()?.SubDevices ?? []).Bound}", "True", "False", ended)));

    /// <summary>What has come is built upon as far as it is good; what counts as complete is the image. That it is kept is no promise: it
    /// can be fetched again.</summary>
    private static PowerCutScenario FirmwareImage() => new(
        _ => Task.CompletedTask,
        disk => Done(() => Fetch(disk)),
        (disk, _) => Done(() =>
        {
            Fetch(disk);
            using var fetched = Images(disk).TryOpen(Key, "1.1");
            Assert.Equal(SHA256.HashData(Image), fetched?.Sha256.ToArray());
        }));

    private static void Fetch(IDisk disk)
    {
        var store = Images(disk);
        using (var there = store.TryOpen(Key, "1.1"))
        {
            if (there is not null) return;
        }

        using var partial = store.Begin(Key);
        while (partial.Length < Image.Length)
            partial.Append(Image.AsSpan((int)partial.Length, Math.Min(10_000, Image.Length - (int)partial.Length)));
        Assert.True(store.TryComplete(Key, partial), "What came is not the image.");
    }

    private static async Task AssertAsTheyWereAsync(IDisk disk) => Assert.Equal(
        ("1", "2", null),
        (await ReadAsync(disk, "line1", "a"), await ReadAsync(disk, "line1", "b"), await ReadAsync(disk, "line2", "c")));

    private static void AssertIsOldOrNew(string? there, string? old, string? wanted, bool ended) =>
        Assert.True(string.Equals(there, wanted, StringComparison.Ordinal)
            || (!ended && string.Equals(there, old, StringComparison.Ordinal)), $"There is '{there}'.");

    private static async Task WriteAsync(IDisk disk, string channel, string key, string value)
    {
        using var store = Store(disk, channel);
        await store.WriteAsync(key, Encoding.UTF8.GetBytes(value), Ct);
    }

    private static async Task<string?> ReadAsync(IDisk disk, string channel, string key)
    {
        using var store = Store(disk, channel);
        return await store.ReadAsync(key, Ct) is { } value ? Encoding.UTF8.GetString(value) : null;
    }

    private static FileChannelStore Store(IDisk disk, string channel) => new(Data(disk).Folder("channels").Folder(channel));

    private static ChannelStoreCopies Copies(IDisk disk) => new(Data(disk).Folder("channels"), Data(disk).Folder("channels-before-update"));

    private static PrivateFile Note(IDisk disk) => Data(disk).File("note");

    private static PluginBook BookOf(IDisk disk)
    {
        var log = new FakeLogger<PluginBook>();
        var book = new PluginBook(Data(disk).File("plugins.json"), log);
        Assert.Equal(0, log.Collector.Count);
        return book;
    }

    private static PluginRecords RecordsOf(string version, bool isTrying = false) => PluginRecords.None.With(new PluginRecord(
        "shape",
        "shape",
        new PluginVersion(version, new string('a', 64)),
        Trial: isTrying ? new PluginTrial(new PluginVersion("2", new string('b', 64)), Channels) : null));

    private static BootTimesFile Boots(IDisk disk) => new(Data(disk).File("boots"));

    private static BindingsFile BindingsIn(IDisk disk) => new(Data(disk).File("bindings"));

    private static UpdateRecords Records(IDisk disk) =>
        new(Data(disk).Folder("firmware").Folder("updates"), NullLogger<UpdateRecords>.Instance);

    private static ImageStore Images(IDisk disk) => new(
        Data(disk).Folder("firmware").Folder("images"),
        new FirmwareSettings { Reserve = 0 },
        () => new HashSet<ImageKey>(),
        _ => long.MaxValue,
        NullLogger<ImageStore>.Instance);

    private static PrivateFolder Data(IDisk disk) => new("/data", disk);

    private static SubDeviceId Meter { get; } = SubDeviceId.Parse("PRODUCT001/meter1");

    private static UpdateRecord RecordIn(UpdatePhase phase) => new()
    {
        Device = Meter.ToString(),
        Task = new FirmwareTask { Md5 = Key.Md5, Size = Key.Size, Version = "1.1", Url = new Uri("http://files/fw.bin") },
        Phase = phase,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Reason = "",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
