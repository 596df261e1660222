namespace BridgeFramework.Files.Tests;

/// <summary>On the machine's own disk. What belongs to other users cannot be made by everybody: <see cref="ExposureJudgeTests"/>.</summary>
public sealed class ExposuresTests : IDisposable
{
    private const UnixFileMode Usual = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode Open = (UnixFileMode)0x1FF; // 0777
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_ours_alone_is_not_exposed_though_it_is_in_a_sticky_folder()
    {
        string file = _folder.Write("a/file");

        Assert.Empty(Exposures.Of(file));
        Assert.Empty(Exposures.Of(_folder.At("a", "later", "file")));
    }

    [Theory]
    [InlineData("a/file", "file", "chmod o-w")]
    [InlineData("a", "folder", "chmod o-w")]
    public void What_everybody_can_write_to_is_found_with_owner_and_mode(string exposed, string kind, string command)
    {
        if (!OperatingSystem.IsLinux()) return;
        string file = _folder.Write("a/file");
        File.SetUnixFileMode(_folder.At(exposed), Open);

        var found = Assert.Single(Exposures.Of(file));

        Assert.Equal((ExposureKind.Everybody, _folder.At(exposed)), (found.Kind, found.Path));
        Assert.StartsWith($"everybody can write to the {kind} '{_folder.At(exposed)}' (owner ", found.Reason, StringComparison.Ordinal);
        Assert.EndsWith($"({LibC.User()}), mode 0777)", found.Reason, StringComparison.Ordinal);
        Assert.Equal($"{command} {_folder.At(exposed)}", found.Remedy);
    }

    [Fact]
    public void A_folder_is_found_before_anything_is_in_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        Directory.CreateDirectory(_folder.At("a"));
        File.SetUnixFileMode(_folder.At("a"), Open);

        Assert.Equal(_folder.At("a"), Assert.Single(Exposures.Of(_folder.At("a", "later"))).Path);
    }

    [Theory]
    [InlineData("target/real")]
    [InlineData("../{0}/target/real")]
    [InlineData("/{1}/target/./real")]
    public void The_way_of_a_link_and_the_way_of_what_it_leads_to_both_count(string target)
    {
        if (!OperatingSystem.IsLinux()) return;
        _folder.Write("target/real/file");
        string link = _folder.At("link");
        File.CreateSymbolicLink(link, string.Format(null, target, Path.GetFileName(_folder.Path), _folder.Path.TrimStart('/')));
        File.CreateSymbolicLink(_folder.At("again"), "link");
        string file = _folder.At("again", "file");
        Assert.Empty(Exposures.Of(file));

        File.SetUnixFileMode(_folder.At("target"), Open);
        Assert.Equal(_folder.At("target"), Assert.Single(Exposures.Of(file)).Path);

        File.SetUnixFileMode(_folder.At("target"), Usual);
        Assert.Empty(Exposures.Of(file));

        File.SetUnixFileMode(_folder.Path, Open);
        Assert.Equal(_folder.Path, Assert.Single(Exposures.Of(file)).Path);
    }

    [Fact]
    public void Links_in_a_circle_come_to_an_end()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(_folder.At("a"), "b");
        File.CreateSymbolicLink(_folder.At("b"), "a");

        Assert.Empty(Exposures.Of(_folder.At("a")));
    }

    [Fact]
    public void A_file_that_is_read_is_judged_and_not_what_has_taken_its_place()
    {
        if (!OperatingSystem.IsLinux()) return;
        string file = _folder.Write("file");
        File.SetUnixFileMode(file, Open);
        using var opened = NamedFile.OpenRead(file);
        File.Move(file, _folder.At("aside"));
        _folder.Write("file");

        Assert.Empty(Exposures.Of(file));
        Assert.Equal(ExposureKind.Everybody, Assert.Single(Exposures.Of(file, opened)).Kind);
    }

    [Fact]
    public void What_is_in_a_folder_is_found_and_mended_with_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        _folder.Write("plugin/lib/a.dll");
        File.SetUnixFileMode(_folder.At("plugin", "lib"), Open);
        string plugin = _folder.At("plugin");

        var found = Assert.Single(Exposures.Within(plugin, FolderWalk.Read(plugin, new WalkBounds(100, 10, 1000))));

        Assert.Equal((_folder.At("plugin", "lib"), $"chmod -R o-w {plugin}"), (found.Path, found.Remedy));
    }

    [Fact]
    public void The_stamp_of_a_way_changes_with_a_mode_on_it_and_back()
    {
        if (!OperatingSystem.IsLinux()) return;
        string file = _folder.Write("a/file");
        File.SetUnixFileMode(_folder.At("a"), Usual);
        int before = Exposures.Stamp(file);

        File.SetUnixFileMode(_folder.At("a"), Open);
        Assert.NotEqual(before, Exposures.Stamp(file));
        File.SetUnixFileMode(_folder.At("a"), Usual);
        Assert.Equal(before, Exposures.Stamp(file));
    }

    [Theory]
    [InlineData(0u, "root")]
    [InlineData(1000u, "alice")] // the first of two
    [InlineData(7u, null)]
    public void A_number_has_the_name_that_the_machine_gives_it(uint id, string? name) => Assert.Equal(
        name, new UserNames(() => "root:x:0:0:root:/root:/bin/sh\n:x:7:\nbroken\nalice:x:1000:1000::/:\nbob:x:1000:1000::/:\n").Find(id));
}
