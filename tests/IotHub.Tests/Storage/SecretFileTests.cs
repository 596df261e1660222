namespace BridgeFramework.IotHub.Tests;

public sealed class SecretFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-secret");

    [Fact]
    public void A_secret_is_written_for_its_owner_only_and_replaced_as_a_whole()
    {
        string file = Path.Combine(_folder.FullName, "secrets", "meter1");
        SecretFile.Write(file, "first, and rather long");
        SecretFile.Write(file, "second");
        Assert.Equal("second", File.ReadAllText(file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_file_that_others_could_read_is_not_any_more()
    {
        if (OperatingSystem.IsWindows()) return;
        string file = Path.Combine(_folder.FullName, "meter1");
        File.WriteAllText(file, "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        SecretFile.Write(file, "new");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void What_cannot_be_written_leaves_what_was_there()
    {
        string folder = Path.Combine(_folder.FullName, "taken");
        Directory.CreateDirectory(folder);
        Assert.ThrowsAny<Exception>(() => SecretFile.Write(folder, "secret"));
        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void A_secret_that_is_none_is_refused_without_being_repeated()
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => SecretFile.Write(Path.Combine(_folder.FullName, "x"), new string('s', 70_000)));
        Assert.DoesNotContain("ssss", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
