namespace BridgeFramework.Configuration.Tests;

public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public ConfigurationFilesTests()
    {
        _folder.WriteSecret("test1", "s");
        File.WriteAllText(_folder.In("bridge.json"), ConfigurationFolder.Example);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_read_is_told_from_what_is_there_now()
    {
        var files = Load().Files;

        Assert.Equal([_folder.In("bridge.json"), _folder.In("device_info.json")], files.Paths);
        Assert.Null(files.KeptAt);
        Assert.False(files.HaveChanged());
        Assert.Equal(files.Digest, Load().Files.Digest);
    }

    [Theory]
    [InlineData("bridge.json")]
    [InlineData("device_info.json")]
    public void A_file_that_is_another_one_or_gone_is_a_change(string name)
    {
        var files = Load().Files;

        File.AppendAllText(_folder.In(name), " ");
        Assert.True(files.HaveChanged());
        Assert.NotEqual(files.Digest, Load().Files.Digest, StringComparer.Ordinal);

        File.Delete(_folder.In(name));
        Assert.True(files.HaveChanged());
    }

    [Theory]
    [InlineData("bridge.json")]
    [InlineData("device_info.json")]
    public void A_file_that_comes_is_a_change(string name)
    {
        File.Delete(_folder.In(name));
        var files = Load().Files;
        Assert.Contains(_folder.In(name), files.Paths, StringComparer.Ordinal);
        Assert.False(files.HaveChanged());

        File.WriteAllText(_folder.In(name), "{}");

        Assert.True(files.HaveChanged());
    }

    [Fact]
    public void What_more_is_found_out_about_it_changes_nothing_of_its_files()
    {
        var loaded = Load();

        Assert.Same(loaded.Files, loaded.AllowingExposures().WithPluginFolder([]).Files);
    }

    private ConfigurationResult Load() => ConfigurationLoader.Load(_folder.Path, [], _folder.Environment);
}
