using BridgeFramework.Files;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Plugins.Tests;

/// <summary>No entry of a drop folder hides another one.</summary>
public sealed class DropLookTests : IDisposable
{
    private readonly DirectoryInfo _drop = Directory.CreateTempSubdirectory("drop-look-");
    private readonly OddDisk _disk = new();
    private Task? _armed;

    public DropLookTests()
    {
        foreach (string name in new[] { "a", "bad", "z" }) _drop.CreateSubdirectory(name);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Bad => Path.Combine(_drop.FullName, "bad");

    public void Dispose()
    {
        _disk.Dispose();
        _drop.Delete(recursive: true);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_looked_at_is_one_and_the_others_are_seen()
    {
        _disk.Failing = Bad;

        var sight = await new DropLook(_drop.FullName, _disk, TimeProvider.System).SeeAsync(Ct);

        Assert.Equal(["a", "bad", "z"], Names(sight), StringComparer.Ordinal);
        Assert.Equal(DropSignature.Unreadable("It is stale."), sight.Entries?["bad"]);
    }

    [Fact]
    public async Task Of_a_folder_with_too_many_names_nothing_can_be_said_and_nothing_is_gone()
    {
        _disk.Litter = 10_001;

        var sight = await new DropLook(_drop.FullName, _disk, TimeProvider.System).SeeAsync(Ct);

        Assert.Null(sight.Entries);
        Assert.Contains("holds more than 10,000 names, and is not looked through", sight.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_does_not_answer_is_not_gone()
    {
        var time = new WatchedTime();
        using var watch = new DropWatch(_drop.FullName, _disk, time, NullLogger<DropWatch>.Instance);
        _disk.Hanging = Bad;
        var asked = watch.HasLostAsync("bad", Ct);
        await _disk.Hangs.OrFail("the disk hangs");
        await time.ArmedAsync(DropLook.Patience);
        time.Advance(DropLook.Patience);
        Assert.False(await asked);

        Assert.False(await watch.HasLostAsync("a", Ct));
        Assert.True(await watch.HasLostAsync("b", Ct));
        _disk.Failing = Path.Combine(_drop.FullName, "z");
        Assert.False(await watch.HasLostAsync("z", Ct));
    }

    [Fact]
    public async Task Who_may_write_to_the_private_copies_is_part_of_how_each_entry_looks()
    {
        if (!OperatingSystem.IsLinux()) return;
        string copies = Directory.CreateTempSubdirectory("copies-").FullName;
        var look = new DropLook(_drop.FullName, _disk, TimeProvider.System) { Copies = copies };
        var before = (await look.SeeAsync(Ct)).Entries;

        File.SetUnixFileMode(copies, File.GetUnixFileMode(copies) | UnixFileMode.OtherWrite);
        var open = (await look.SeeAsync(Ct)).Entries;
        Directory.Delete(copies);

        Assert.All(before ?? throw new InvalidOperationException("Nothing was seen."), entry =>
            Assert.NotEqual(entry.Value, open?[entry.Key]));
    }

    [Fact]
    public async Task Who_may_write_to_the_folder_is_part_of_how_each_entry_looks()
    {
        if (!OperatingSystem.IsLinux()) return;
        var look = new DropLook(_drop.FullName, _disk, TimeProvider.System);
        var before = (await look.SeeAsync(Ct)).Entries;
        var mode = File.GetUnixFileMode(_drop.FullName);

        File.SetUnixFileMode(_drop.FullName, mode | UnixFileMode.OtherWrite);
        var open = (await look.SeeAsync(Ct)).Entries;
        File.SetUnixFileMode(_drop.FullName, mode);

        Assert.All(before ?? throw new InvalidOperationException("Nothing was seen."), entry =>
            Assert.NotEqual(entry.Value, open?[entry.Key]));
        Assert.Equal(before, (await look.SeeAsync(Ct)).Entries);
    }

    [Fact]
    public async Task An_entry_that_goes_while_it_is_looked_at_is_none()
    {
        _disk.Going = Bad;

        var sight = await new DropLook(_drop.FullName, _disk, TimeProvider.System).SeeAsync(Ct);

        Assert.Equal(["a", "z"], Names(sight), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_does_not_answer_is_left_alone_until_it_does()
    {
        var time = new WatchedTime();
        var look = new DropLook(_drop.FullName, _disk, time);
        _disk.Hanging = Bad;

        var sight = await SeeAsync(look, time);
        Assert.Equal(["a", "bad", "z"], Names(sight), StringComparer.Ordinal);
        Assert.Equal(DropSignature.Silent, sight.Entries?["bad"]);
        Assert.Equal(1, _disk.Hung);

        // It is not asked again, and costs no more time.
        sight = await look.SeeAsync(Ct);
        Assert.Equal(DropSignature.Silent, sight.Entries?["bad"]);
        Assert.Equal(1, _disk.Hung);

        _disk.Answer();
        await look.AllAnswer.OrFail("the entry that answers is looked at again");
        sight = await look.SeeAsync(Ct);
        Assert.NotEqual(DropSignature.Silent, sight.Entries?["bad"]);
    }

    [Fact]
    public async Task A_folder_that_does_not_answer_is_told_and_asked_by_one_thread()
    {
        var time = new WatchedTime();
        var look = new DropLook(_drop.FullName, _disk, time);
        _disk.Hanging = _drop.FullName;

        for (int i = 0; i < 3; i++)
        {
            var sight = await SeeAsync(look, time);
            Assert.Null(sight.Entries);
            Assert.StartsWith($"The plugin folder {_drop.FullName} does not answer", sight.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(1, _disk.Hung);
        _disk.Answer();
        Assert.Equal(["a", "bad", "z"], Names(await look.SeeAsync(Ct)), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(DropSight sight) => (sight.Entries?.Keys ?? []).Order(StringComparer.Ordinal);

    /// <summary>Looks, and lets the time pass that it waits for what hangs: not before it does, nor once it is left alone, or a look that
    /// begins late counts as one that hangs.</summary>
    private async Task<DropSight> SeeAsync(DropLook look, WatchedTime time)
    {
        var seeing = look.SeeAsync(Ct);
        await _disk.Hangs.OrFail("the disk hangs");
        while (!look.IsSilent("bad"))
        {
            _armed ??= time.ArmedAsync(DropLook.Patience); // one that was not needed is that of the next look
            if (ReferenceEquals(await Task.WhenAny(seeing, _armed), seeing)) break;
            _armed = null;
            if (!look.IsSilent("bad")) time.Advance(DropLook.Patience);
        }

        return await seeing.OrFail("the look ends");
    }

    /// <summary>The machine's disk, and some of it in a bad state.</summary>
    private sealed class OddDisk : IDisk, IDisposable
    {
        private readonly ManualResetEventSlim _answers = new();
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _hung;

        /// <summary>Completes when it has not answered for the first time.</summary>
        public Task Hangs => _hangs.Task;

        public string? Failing { get; set; }
        public string? Going { get; set; }
        public string? Hanging { get; set; }
        public int Litter { get; set; }
        public int Hung => _hung;

        public void Answer()
        {
            Hanging = null;
            _answers.Set();
        }

        public DiskEntry? Find(string path)
        {
            if (path == Failing) throw new IOException("It is stale.");
            if (path == Going) throw new FileNotFoundException("It is gone.");
            if (path == Hanging)
            {
                Interlocked.Increment(ref _hung);
                _hangs.TrySetResult();
#pragma warning disable RS0030 // The thread is to hang.
                _answers.Wait();
#pragma warning restore RS0030
            }

            return LocalDisk.Instance.Find(path);
        }

        public IEnumerable<DiskEntry> List(string folder) => LocalDisk.Instance.List(folder);

        public IEnumerable<string> Names(string folder) =>
            Enumerable.Range(0, Litter).Select(i => $"litter{i}").Concat(LocalDisk.Instance.Names(folder));

        public IDiskFile Open(string path, DiskAccess access) => throw new NotSupportedException();

        public void Rename(string path, string newPath) => throw new NotSupportedException();

        public void Delete(string path) => throw new NotSupportedException();

        public void MakeFolder(string folder) => throw new NotSupportedException();

        public void RemoveFolder(string folder) => throw new NotSupportedException();

        public void SyncFolder(string folder) => throw new NotSupportedException();

        public void Dispose()
        {
            _answers.Set();
            _answers.Dispose();
        }
    }
}
