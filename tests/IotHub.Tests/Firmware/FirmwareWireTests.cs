using System.Text;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

/// <summary>The messages of firmware updates, byte for byte.</summary>
public sealed class FirmwareWireTests
{
    private const string Md5 = "1864c7bdedbe7c28714025ff5a0d871a";
    private static readonly DeviceIdentity Device = new("SUBPROD001", "test1");

    [Theory]
    [InlineData("version", """{"type":"report_version","report":{"version":"0.2"}}""", 1, PublishPriority.FirmwareState)]
    [InlineData("downloading", """{"type":"report_progress","report":{"progress":{"state":"downloading","percent":"10","result_code":"0","result_msg":""},"version":"0.2"}}""", 0, PublishPriority.FirmwareProgress)]
    [InlineData("burning", """{"type":"report_progress","report":{"progress":{"state":"burning","result_code":"0","result_msg":""},"version":"0.2"}}""", 1, PublishPriority.FirmwareProgress)]
    [InlineData("done", """{"type":"report_progress","report":{"progress":{"state":"done","result_code":"0","result_msg":""},"version":"0.2"}}""", 1, PublishPriority.FirmwareState)]
    [InlineData("fail", """{"type":"report_progress","report":{"progress":{"state":"fail","result_code":"-4","result_msg":"say \"why\"\n"},"version":"0.2"}}""", 1, PublishPriority.FirmwareState)]
    public void A_report_is_written_as_the_official_clients_write_it(string report, string expected, int qos, PublishPriority priority)
    {
        var publish = report switch
        {
            "version" => FirmwareUplink.Version(Device, "0.2"),
            "downloading" => FirmwareUplink.Downloading(Device, "0.2", 10),
            "burning" => FirmwareUplink.Burning(Device, "0.2"),
            "done" => FirmwareUplink.Done(Device, "0.2"),
            _ => FirmwareUplink.Failed(Device, "0.2", FirmwareResultCode.WrongDigest, "say \"why\"\n"),
        };

        Assert.Equal(("$ota/report/SUBPROD001/test1", expected, qos, priority), (
            publish.Topic, Encoding.UTF8.GetString(publish.Payload.Span), publish.Qos, publish.Priority));
    }

    [Fact]
    public void Whose_update_topic_it_is_can_be_read_from_it()
    {
        Assert.True(FirmwareTopics.TryReadUpdate(FirmwareTopics.Update(Device), out var read));
        Assert.Equal(Device, read);
        Assert.False(FirmwareTopics.TryReadUpdate("$ota/update/SUBPROD001", out _));
        Assert.False(FirmwareTopics.TryReadUpdate("$ota/report/SUBPROD001/test1", out _));
    }

    [Fact]
    public void A_failure_that_is_explained_at_length_still_fits_a_message()
    {
        var publish = FirmwareUplink.Failed(Device, "0.2", FirmwareResultCode.UpdateFailed, new string('x', 100_000));

        Assert.InRange(publish.Payload.Length, 1, 1000);
    }

    [Fact]
    public void An_update_is_read_in_the_form_of_the_cloud()
    {
        string url = "https://ota-1255858890.cos.ap-guangzhou.myqcloud.com/fw_0.2?sign=abc%3D&t=1&" + new string('k', 300);
        string text = $$"""{"file_size":708482,"md5sum":"{{Md5.ToUpperInvariant()}}","type":"update_firmware","url":"{{url}}","version":"0.2"}""";

        Assert.True(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out var downlink, out _));

        var task = Assert.IsType<FirmwareDownlink.Update>(downlink).Task;
        Assert.Equal(("0.2", 708482L, Md5, url), (task.Version, task.Size, task.Md5, task.Url.OriginalString));
        Assert.DoesNotContain("sign", task.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"result_code":0,"result_msg":"success","type":"report_version_rsp","version":"0.1.0"}""", 0)]
    [InlineData("""{"result_code":"7","result_msg":"no","type":"report_version_rsp"}""", 7)]
    public void The_answer_to_a_version_is_read(string text, int code)
    {
        Assert.True(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out var downlink, out _));
        Assert.Equal(code, Assert.IsType<FirmwareDownlink.VersionNoted>(downlink).ResultCode);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "type")]
    [InlineData("{}", "type")]
    [InlineData("""{"type":"else"}""", "else")]
    [InlineData("""{"type":"update_firmware","version":""}""", "version")]
    [InlineData("""{"type":"update_firmware","version":"a/b"}""", "version")]
    [InlineData("""{"type":"update_firmware","version":"1","version":"2"}""", "'version' is there twice")]
    [InlineData("""{"type":"update_firmware","version":"--force"}""", "beginning with a letter or digit")]
    [InlineData("""{"type":"update_firmware","version":".5"}""", "beginning with a letter or digit")]
    [InlineData("""{"type":"update_firmware","version":"\ud800"}""", "JSON")]
    public void What_is_no_message_is_told_apart(string text, string because)
    {
        Assert.False(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out _, out string? problem));
        Assert.Contains(because, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", Md5, "http://h/f")]
    [InlineData("-1", Md5, "http://h/f")]
    [InlineData("1.5", Md5, "http://h/f")]
    [InlineData("99999999999999999999", Md5, "http://h/f")]
    [InlineData("5", "1864c7", "http://h/f")]
    [InlineData("5", "zz64c7bdedbe7c28714025ff5a0d871a", "http://h/f")]
    [InlineData("5", Md5, "ftp://h/f")]
    [InlineData("5", Md5, "file:///etc/passwd")]
    [InlineData("5", Md5, "nonsense")]
    public void An_update_that_cannot_be_made_names_its_version_and_says_why(string size, string md5, string url)
    {
        string text = $$"""{"file_size":{{size}},"md5sum":"{{md5}}","type":"update_firmware","url":"{{url}}","version":"0.2"}""";

        Assert.True(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out var downlink, out _));
        Assert.Equal("0.2", Assert.IsType<FirmwareDownlink.UnusableUpdate>(downlink).Version);
    }

    [Theory]
    [InlineData("url", "\"http://other/f\"")]
    [InlineData("file_size", "6")]
    [InlineData("note", "1,\"note\":2")]
    public void An_update_with_a_doubled_member_cannot_be_made_and_names_it(string name, string value)
    {
        string text = $$"""{"type":"update_firmware","version":"0.2","file_size":5,"md5sum":"{{Md5}}","url":"http://h/f","{{name}}":{{value}}}""";

        Assert.True(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out var downlink, out _));
        Assert.Equal(new FirmwareDownlink.UnusableUpdate("0.2", $"its '{name}' is there twice"), downlink);
    }

    [Fact]
    public void An_update_to_two_versions_is_to_none()
    {
        string text = $$"""{"type":"update_firmware","version":"0.2","version":"0.3","file_size":5,"md5sum":"{{Md5}}","url":"http://h/f"}""";

        Assert.False(FirmwareDownlink.TryRead(Encoding.UTF8.GetBytes(text), out _, out string? problem));
        Assert.Contains("'version'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => FirmwareDownlink.TryRead(bytes, out _, out string? problem) || problem is not null);
}
