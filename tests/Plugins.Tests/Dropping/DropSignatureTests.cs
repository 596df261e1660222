using BridgeFramework.Files;
using BridgeFramework.Disks;

namespace BridgeFramework.Plugins.Tests;

public sealed class DropSignatureTests : IDisposable
{
    private readonly DirectoryInfo _drop = Directory.CreateTempSubdirectory("signature-");

    private string Entry => Path.Combine(_drop.FullName, "lamps");

    public void Dispose() => _drop.Delete(recursive: true);

    [Fact]
    public void It_changes_with_every_file_and_with_what_is_none()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Entry);
        var seen = new HashSet<DropSignature> { DropSignature.Of(Entry, LocalDisk.Instance) };

        File.WriteAllText(Path.Combine(Entry, "file"), "1");
        Assert.True(seen.Add(DropSignature.Of(Entry, LocalDisk.Instance)));
        Directory.CreateSymbolicLink(Path.Combine(Entry, "loop"), ".");
        Assert.True(seen.Add(DropSignature.Of(Entry, LocalDisk.Instance)));
        OddEntries.MakeFifo(Path.Combine(Entry, "pipe"));
        Assert.True(seen.Add(DropSignature.Of(Entry, LocalDisk.Instance)));
        Assert.False(seen.Add(DropSignature.Of(Entry, LocalDisk.Instance)));
    }

    [Theory]
    [InlineData("lamps")]
    [InlineData("lamps/lib")]
    [InlineData("lamps/lib/file")]
    public void It_changes_with_who_may_write_to_any_of_it_and_back(string name)
    {
        if (!OperatingSystem.IsLinux()) return;
        Directory.CreateDirectory(Path.Combine(Entry, "lib"));
        File.WriteAllText(Path.Combine(Entry, "lib", "file"), "1");
        string path = Path.Combine(_drop.FullName, name);
        var before = DropSignature.Of(Entry, LocalDisk.Instance);
        var mode = File.GetUnixFileMode(path);

        File.SetUnixFileMode(path, mode | UnixFileMode.OtherWrite);
        Assert.NotEqual(before, DropSignature.Of(Entry, LocalDisk.Instance));
        File.SetUnixFileMode(path, mode);
        Assert.Equal(before, DropSignature.Of(Entry, LocalDisk.Instance));
    }

    [Fact]
    public void What_a_link_leads_to_is_not_looked_at()
    {
        if (OperatingSystem.IsWindows()) return;
        string elsewhere = _drop.CreateSubdirectory("elsewhere").FullName;
        Directory.CreateSymbolicLink(Entry, elsewhere);
        var before = DropSignature.Of(Entry, LocalDisk.Instance);
        File.WriteAllText(Path.Combine(elsewhere, "file"), "1");
        Assert.Equal(before, DropSignature.Of(Entry, LocalDisk.Instance));
    }

    [Fact]
    public void An_entry_that_is_gone_is_told() => Assert.Throws<FileNotFoundException>(() => DropSignature.Of(Entry, LocalDisk.Instance));

    [Fact]
    public void An_entry_whose_name_could_be_no_part_of_a_path_is_left_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        _drop.CreateSubdirectory("lamps");
        _drop.CreateSubdirectory("la\nmps");
        Assert.Equal("lamps", Assert.Single(DropEntries.In(_drop.FullName)));
    }
}
