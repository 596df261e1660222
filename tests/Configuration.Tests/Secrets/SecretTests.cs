using System.Text.Json;
using BridgeFramework.Disks;

namespace BridgeFramework.Configuration.Tests;

public sealed class SecretTests : IDisposable
{
    private const string Hidden = "S3cr3t-of-the-test";
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Device(string secret) =>
        $$"""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": {{secret}} } ] } } }""";

    [Fact]
    public void A_secret_prints_as_stars_alone_in_a_record_and_as_json()
    {
        var secret = new Secret(Hidden);
        var device = new SubDevicePlan { Id = SubDeviceId.Parse("P/d"), Secret = secret, Settings = JsonElement.Parse("{}") };

        Assert.Equal("***", $"{secret}");
        Assert.Contains("Secret = ***", device.ToString(), StringComparison.Ordinal);
        Assert.Equal("{}", JsonSerializer.Serialize(secret));
        Assert.Equal(Hidden, secret.Reveal());
    }

    [Fact]
    public void A_secret_is_read_from_a_file_the_environment_or_the_text_itself()
    {
        _folder.WriteSecret("one", $"  {Hidden} \r\n");
        _folder.Environment["METER_SECRET"] = Hidden;

        foreach (string secret in (string[])["\"file:secrets/one\"", "\"env:METER_SECRET\"", $"\"{Hidden}\""])
            Assert.Equal(Hidden, _folder.LoadValid(Device(secret)).Channels[0].Devices[0].Secret?.Reveal());
    }

    [Fact]
    public void A_secret_that_cannot_be_read_is_a_mistake()
    {
        _folder.WriteSecret("empty", " \n");
        _folder.WriteSecret("long", new string('x', SecretReader.MaxLength + 1));

        foreach (string secret in (string[])["file:secrets/none", "file:secrets/empty", "file:secrets/long", "file:", "file:secrets",
            "env:NOT_SET", "env:", "file:a\\u0000b"])
        {
            var mistake = Assert.Single(_folder.Load(Device($"\"{secret}\"")).Mistakes);
            Assert.Equal((1, 77, false), (mistake.Line, mistake.Column, mistake.IsWarning));
            Assert.DoesNotContain("xxx", mistake.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_secret_file_is_never_waited_for_and_may_be_a_link()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.In("secrets/fifo"));
        _folder.WriteSecret("one", Hidden);
        File.CreateSymbolicLink(_folder.In("secrets/link"), _folder.In("secrets/one"));

        Assert.EndsWith(
            "is a FIFO, a socket or a device, and a regular file is expected.",
            Assert.Single(_folder.Load(Device("\"file:secrets/fifo\"")).Mistakes).Message,
            StringComparison.Ordinal);
        Assert.Equal(Hidden, _folder.LoadValid(Device("\"file:secrets/link\"")).Channels[0].Devices[0].Secret?.Reveal());
    }

    [Fact]
    public void A_secret_file_that_others_can_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.WriteSecret("open", Hidden, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var result = _folder.Load(Device("\"file:secrets/open\""));

        Assert.Equal(
            $"bridge.json:1:77: warning: channels.c.devices[0].secret: other users can read or change the secret file "
                + $"\"{_folder.In("secrets/open")}\": chmod 600 it.",
            Assert.Single(result.Mistakes).ToString());
        Assert.True(result.IsValid);
    }

    [Theory]
    [InlineData("""{ "channels": { "c": { "driver": "d", "settings": { "password": "S3cr3t-of-the-test", "nested": { "networkKey": ["S3cr3t-of-the-test"] } }, "devices": [ { "id": "P/d", "secret": "S3cr3t-of-the-test" } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": ["S3cr3t-of-the-test"] } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": { "x": "S3cr3t-of-the-test" } } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": "S3cr3t-of-the-test" "x" } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": S3cr3t-of-the-test } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": "env:GIVEN" }, { "id": "P/d", "secret": "file:secrets/given" } ] } } }""")]
    public void A_secret_is_in_no_printed_text(string json)
    {
        _folder.Environment["GIVEN"] = Hidden;
        _folder.Environment["BRIDGE__channels__c__devices__0__secret"] = json.Contains("GIVEN", StringComparison.Ordinal) ? "env:GIVEN"
            : Hidden;
        _folder.WriteSecret("given", Hidden);
        foreach (string[] settings in (string[][])[[], ["channels.c.devices.0.secret=" + Hidden],
            ["channels.c.settings={\"password\":\"" + Hidden + "\"}"], [Hidden]])
        {
            var result = _folder.Load(json, settings);
            string printed = string.Join('\n', result.Mistakes) + result.Plan
                + string.Concat(result.Plan?.Channels.SelectMany(c => c.Devices).Select(d => d.ToString()) ?? []);
            if (result.Source is not null)
                printed += ConfigurationFolder.Printed(result, false) + ConfigurationFolder.Printed(result, true);

            Assert.NotEmpty(printed);
            Assert.DoesNotContain(Hidden, printed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_masked_secret_loads_as_none_with_a_warning()
    {
        var result = _folder.Load(Device("\"***\""));

        Assert.True(Assert.Single(result.Mistakes).IsWarning);
        Assert.Null(result.Plan?.Channels[0].Devices[0].Secret);
    }
}
