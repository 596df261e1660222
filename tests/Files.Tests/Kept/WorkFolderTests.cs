namespace BridgeFramework.Files.Tests;

public sealed class WorkFolderTests : IDisposable
{
    private const string Prefix = "bridge-test-";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_goes_with_all_that_is_in_it()
    {
        using (var work = WorkFolder.Make(_folder.Path, Prefix)) File.WriteAllText(Path.Combine(work.Path, "file"), "");
        Assert.Empty(Left());
    }

    [Fact]
    public void It_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var work = WorkFolder.Make(_folder.Path, Prefix);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(work.Path));
    }

    [Fact]
    public void One_that_is_in_use_stays_when_another_is_made()
    {
        using var one = WorkFolder.Make(_folder.Path, Prefix);
        using var another = WorkFolder.Make(_folder.Path, Prefix);
        Assert.True(Directory.Exists(one.Path));
        Assert.True(Directory.Exists(another.Path));
    }

    [Fact]
    public void What_a_killed_process_left_goes_when_the_next_one_is_made()
    {
        string left = Leave(Prefix);
        List<string> rescued = [];

        using (WorkFolder.Make(_folder.Path, Prefix, rescued.Add)) Assert.False(Directory.Exists(left));

        Assert.Equal([left], rescued, StringComparer.Ordinal);
        Assert.Empty(Left());
    }

    [Theory]
    [InlineData("other-00112233445566778899aabbccddeeff")]
    [InlineData("bridge-test-photos")]
    public void What_is_somebody_elses_stays(string name)
    {
        _folder.Write($"{name}/file");
        _folder.Write($"{name}.lock");
        WorkFolder.Make(_folder.Path, Prefix).Dispose();
        Assert.Equal(new[] { name, $"{name}.lock" }.Order(StringComparer.Ordinal), Left(), StringComparer.Ordinal);
    }

    [Fact]
    public void Nothing_behind_a_link_of_such_a_name_goes()
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.Write("theirs/file");
        string left = Leave(Prefix);
        Directory.Delete(left, recursive: true);
        Directory.CreateSymbolicLink(left, _folder.At("theirs"));
        WorkFolder.Make(_folder.Path, Prefix).Dispose();
        Assert.True(File.Exists(_folder.At("theirs", "file")));
    }

    /// <summary>What is there after a kill: the system has let the lock go.</summary>
    private string Leave(string prefix)
    {
        string left = _folder.At($"{prefix}{Guid.NewGuid():N}");
        _folder.Write($"{Path.GetFileName(left)}/a/file");
        _folder.Write($"{Path.GetFileName(left)}.lock");
        return left;
    }

    private IEnumerable<string> Left() =>
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
