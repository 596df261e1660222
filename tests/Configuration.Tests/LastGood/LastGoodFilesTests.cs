using BridgeFramework.Files;

namespace BridgeFramework.Configuration.Tests;

/// <summary>A gateway that has run once starts again, whatever somebody has made of its files.</summary>
public sealed class LastGoodFilesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly ConfigurationFolder _folder = new();

    public LastGoodFilesTests()
    {
        _folder.WriteSecret("test1", "AAECAwQFBgcICQoLDA0ODw==");
        Write(ConfigurationFolder.Example);
    }

    private string Kept => _folder.In("data/last-good");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{ oops")]
    [InlineData("""{ "hub": {}, "data": { "folder": "data" }, oops """)]
    [InlineData("""{ "data": { "folder": 7 } }""")]
    [InlineData("""{ "data": 7 }""")]
    [InlineData("""{ "hub": { "port": 70000 } }""")]
    public void They_are_run_in_place_of_files_that_are_not_valid(string? damaged)
    {
        var plan = Keep();
        if (damaged is null) File.Delete(_folder.In("bridge.json"));
        else Write(damaged);

        var loaded = LoadKept(Load());

        Assert.Empty(loaded.Mistakes);
        Assert.True(PlanDiff.Between(plan, loaded.Plan!).IsEmpty);   // ! there are no mistakes
        Assert.Equal(Noon, loaded.Files.KeptAt);
        Assert.Equal([_folder.In("bridge.json"), _folder.In("device_info.json")], loaded.Files.Paths);
        Assert.True(loaded.Files.HaveChanged());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ oops")]
    [InlineData("""{ "productId": "GWPROD0001" }""")]
    public void Who_the_gateway_is_is_kept_too(string? damaged)
    {
        var plan = Keep();
        if (damaged is null) File.Delete(_folder.In("device_info.json"));
        else File.WriteAllText(_folder.In("device_info.json"), damaged);

        var loaded = LoadKept(Load());

        Assert.True(PlanDiff.Between(plan, loaded.Plan!).IsEmpty);   // ! or the test fails as well
    }

    [Fact]
    public void What_the_command_line_and_the_environment_say_now_counts()
    {
        Keep();
        Write("{ oops");
        _folder.Environment["BRIDGE__hub__port"] = "1885";

        var plan = LoadKept(Load("uplink.latency=3s")).Plan!;   // ! or the test fails as well

        Assert.Equal((1885, TimeSpan.FromSeconds(3)), (plan.Hub.Port, plan.Uplink.Latency));
    }

    [Fact]
    public void Of_a_file_that_cannot_be_read_the_data_folder_is_what_is_laid_over_it()
    {
        string elsewhere = _folder.In("elsewhere");
        var good = Load($"data.folder={elsewhere}");
        new LastGoodFiles(elsewhere).Keep(good.Files, Noon);
        Write("{ oops");

        Assert.Null(LastGoodFiles.Load(Load()));
        Assert.Equal(elsewhere, LoadKept(Load($"data.folder={elsewhere}")).DataFolder);
    }

    [Fact]
    public void Where_nothing_was_kept_there_is_nothing()
    {
        Write("{ oops");

        Assert.Null(LastGoodFiles.Load(Load()));
    }

    [Fact]
    public void Mistakes_in_copies_say_that_they_are_copies()
    {
        Keep();
        Write("{ oops");
        File.Delete(_folder.In("secrets/test1"));

        var mistake = Assert.Single(LoadKept(Load()).Mistakes);

        Assert.Equal("last-good/bridge.json", mistake.File);
    }

    [Fact]
    public void A_copy_that_is_not_as_it_was_written_is_refused_with_a_reason()
    {
        Keep();
        Write("{ oops");
        foreach (string file in Directory.GetFiles(Kept))
        {
            byte[] whole = File.ReadAllBytes(file);
            foreach (byte[] torn in (byte[][])[[], whole[..^1], [.. whole, .. "x"u8], [.. whole[..^4], 1, .. whole[^3..]]])
            {
                File.WriteAllBytes(file, torn);
                var result = LoadKept(Load());

                Assert.Null(result.Plan);
                var mistake = Assert.Single(result.Mistakes);
                Assert.Equal(Kept, mistake.File);
                Assert.Contains(Path.GetFileName(file), mistake.Message, StringComparison.Ordinal);
            }

            File.Delete(file);
            if (!file.EndsWith("files.json", StringComparison.Ordinal)) Assert.Null(LoadKept(Load()).Plan);
            File.WriteAllBytes(file, whole);
        }

        Assert.NotNull(LoadKept(Load()).Plan);
    }

    [Fact]
    public void Damaged_copies_are_replaced_when_the_same_files_are_kept_again()
    {
        var plan = Keep();
        foreach (string file in Directory.GetFiles(Kept)) File.WriteAllText(file, "torn");
        Keep();
        Write("{ oops");

        Assert.True(PlanDiff.Between(plan, LoadKept(Load()).Plan!).IsEmpty);   // ! or the test fails as well
    }

    [Fact]
    public void Copies_that_came_with_a_data_folder_from_elsewhere_are_not_run()
    {
        Keep();
        Directory.Move(_folder.In("data"), _folder.In("moved"));
        Write("""{ "data": { "folder": "moved" }, "hub": 7 }""");

        var result = LoadKept(Load());

        Assert.Null(result.Plan);
        Assert.Contains($"'{_folder.In("data")}'", Assert.Single(result.Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_another_configuration_are_not_run()
    {
        Keep();
        File.WriteAllText(_folder.In("other.json"), "{ oops");

        var result = LoadKept(ConfigurationLoader.Load(_folder.In("other.json"), [], _folder.Environment));

        Assert.Null(result.Plan);
        Assert.Contains("bridge.json", Assert.Single(result.Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_go_with_a_configuration_folder_that_is_moved()
    {
        Keep();
        Write("{ oops");
        using var other = new ConfigurationFolder();
        Directory.Delete(other.Path, recursive: true);
        Directory.Move(_folder.Path, other.Path);
        try
        {
            var loaded = LoadKept(ConfigurationLoader.Load(other.Path, [], other.Environment));

            Assert.Equal(other.In("plugins"), loaded.Plan!.Plugins.Folder);   // ! or the test fails as well
        }
        finally
        {
            Directory.Move(other.Path, _folder.Path);
            Directory.CreateDirectory(other.Path);
        }
    }

    [Fact]
    public void Only_their_owner_can_read_them_and_no_secret_that_they_speak_of_is_in_them()
    {
        Keep();

        string[] files = Directory.GetFiles(Kept);
        Assert.Equal(3, files.Length);
        foreach (string file in files)
        {
            if (file.EndsWith("bridge.json", StringComparison.Ordinal))
                Assert.Equal(ConfigurationFolder.Example, File.ReadAllText(file));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void The_same_files_are_not_written_again_and_have_their_time()
    {
        Keep();
        var written = Directory.GetFiles(Kept).Select(File.GetLastWriteTimeUtc).ToList();
        new LastGoodFiles(_folder.In("data")).Keep(Load().Files, Noon.AddHours(1));
        Write("{ oops");
        var loaded = LoadKept(Load());
        new LastGoodFiles(_folder.In("data")).Keep(loaded.Files, Noon.AddHours(2));

        Assert.Equal(written, Directory.GetFiles(Kept).Select(File.GetLastWriteTimeUtc));
        Assert.Equal(Noon, LoadKept(Load()).Files.KeptAt);
    }

    [Fact]
    public void Those_of_an_earlier_configuration_go()
    {
        Keep();
        Write(ConfigurationFolder.Example.Replace("1502", "1503", StringComparison.Ordinal));
        Keep();

        Assert.Equal(3, Directory.GetFiles(Kept).Length);
    }

    [Fact]
    public void Files_that_could_not_be_read_are_not_kept()
    {
        File.Delete(_folder.In("bridge.json"));

        Assert.Throws<ArgumentException>(() => new LastGoodFiles(_folder.In("data")).Keep(Load().Files, Noon));
    }

    private static ConfigurationResult LoadKept(ConfigurationResult refused)
    {
        Assert.False(refused.IsValid);
        var loaded = LastGoodFiles.Load(refused);
        Assert.NotNull(loaded);
        return loaded;
    }

    private ConfigurationResult Load(params string[] settings) => ConfigurationLoader.Load(_folder.Path, settings, _folder.Environment);

    private GatewayPlan Keep()
    {
        var loaded = Load();
        Assert.Empty(loaded.Mistakes);
        new LastGoodFiles(_folder.In("data")).Keep(loaded.Files, Noon);
        return loaded.Plan!;   // ! there are no mistakes
    }

    private void Write(string json) => File.WriteAllText(_folder.In("bridge.json"), json);
}
