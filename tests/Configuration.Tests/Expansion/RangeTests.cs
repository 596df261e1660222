namespace BridgeFramework.Configuration.Tests;

public sealed class RangeTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2..3", "2 3")]
    [InlineData("1,4,7..9", "1 4 7 8 9")]
    [InlineData(" 1 , 2 .. 3 ", "1 2 3")]
    [InlineData("5", "5")]
    [InlineData("0..0", "0")]
    public void A_range_lists_numbers_and_spans(string text, string expected)
    {
        var (numbers, mistake) = NumberList.Parse(text);

        Assert.Null(mistake);
        Assert.Equal(expected, string.Join(' ', numbers));
    }

    [Theory]
    [InlineData("", "\"\" is no number and no span: expected numbers from 0 to 999999, such as \"1..8\" or \"1,4,7..9\".")]
    [InlineData("1..2..3", "\"1..2..3\" is no number and no span: expected numbers from 0 to 999999, such as \"1..8\" or \"1,4,7..9\".")]
    [InlineData("-1", "\"-1\" is no number and no span: expected numbers from 0 to 999999, such as \"1..8\" or \"1,4,7..9\".")]
    [InlineData("1000000", "\"1000000\" is no number and no span: expected numbers from 0 to 999999, such as \"1..8\" or \"1,4,7..9\".")]
    [InlineData("9..7", "\"9..7\" runs backwards: expected \"7..9\".")]
    [InlineData("1..2000,2001", "this makes more than 2000 sub-devices: expected at most 2000 from one range.")]
    [InlineData("0..999999", "this makes more than 2000 sub-devices: expected at most 2000 from one range.")]
    public void What_is_no_range_is_said(string text, string expected) => Assert.Equal(expected, NumberList.Parse(text).Mistake);

    [Fact]
    public void The_number_stands_in_id_secret_and_settings()
    {
        _folder.WriteSecret("m7", "seven");
        _folder.WriteSecret("m12", "twelve");

        var devices = _folder.LoadValid("""
            { "channels": { "c": { "driver": "d", "devices": [
              { "range": "7,12", "id": "P/m{n:000}", "secret": "file:secrets/m{n}",
                "settings": { "unitId": "{n}", "label": "meter {n:00}", "list": [ "{n}", { "deep": "{n}-{n}" } ], "other": "{m}" } } ] } } }
            """).Channels[0].Devices;

        Lines.AreEqual(
            [
                """P/m007 seven {"unitId":7,"label":"meter 07","list":[7,{"deep":"7-7"}],"other":"{m}"}""",
                """P/m012 twelve {"unitId":12,"label":"meter 12","list":[12,{"deep":"12-12"}],"other":"{m}"}""",
            ],
            devices.Select(d => $"{d.Id} {d.Secret?.Reveal()} {d.Settings.GetRawText()}"));
    }

    [Fact]
    public void Two_numbers_that_give_one_id_are_a_mistake()
    {
        var mistake = Assert.Single(_folder.Load("""
            { "channels": { "c": { "driver": "d", "devices": [ { "range": "3,1..3", "id": "P/m{n}" } ] } } }
            """).Mistakes);

        Assert.Equal(
            "bridge.json:1:79: channels.c.devices[0].id: the sub-device P/m3 is here twice (first at bridge.json:1 (n=3)): every id may "
                + "be used once in a gateway.",
            mistake.ToString());
    }
}
