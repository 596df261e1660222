namespace BridgeFramework.Configuration.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "reload": "watch" }""", ReloadPolicy.Watch)]
    [InlineData("""{ "reload": "manual" }""", ReloadPolicy.Manual)]
    public void When_files_are_taken_over_can_be_said(string json, ReloadPolicy expected) =>
        Assert.Equal(expected, _folder.LoadValid(json).Reload);

    [Theory]
    [InlineData("""{ "reload": "always" }""", "reload")]
    [InlineData("""{ "reload": true }""", "reload")]
    [InlineData("""{ "uplink": { "leaveFor": "8d" } }""", "uplink.leaveFor")]
    [InlineData("""{ "hub": { "unbindRemoved": "yes" } }""", "hub.unbindRemoved")]
    public void What_cannot_be_is_a_mistake(string json, string path) =>
        Assert.Equal(path, Assert.Single(_folder.Load(json).Mistakes).Path);

    [Fact]
    public void What_becomes_of_sub_devices_that_leave_can_be_said()
    {
        var plan = _folder.LoadValid("""{ "hub": { "unbindRemoved": true }, "uplink": { "leaveFor": "0s" } }""");

        Assert.Equal((true, TimeSpan.Zero), (plan.Hub.UnbindRemoved, plan.Uplink.LeaveFor));
    }
}
