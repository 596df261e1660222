namespace BridgeFramework.Abstractions.Tests;

public sealed class DriverExceptionTests
{
    [Fact]
    public void A_refusal_is_final_and_everything_else_may_pass()
    {
        Assert.True(new DriverException("x").IsTransient);
        Assert.True(new DeviceUnreachableException("x").IsTransient);
        Assert.True(new LinkDownException("x").IsTransient);
        Assert.All<DriverException>([new DeviceRejectedException(), new DeviceRejectedException("x"),
            new DeviceRejectedException("x", null)], e => Assert.False(e.IsTransient));
        Assert.False(new DriverException("x") { IsTransient = false }.IsTransient);
    }

    [Fact]
    public void Message_and_cause_are_kept()
    {
        var cause = new IOException("cause");
        Assert.All<DriverException>(
            [new("x", cause), new DeviceUnreachableException("x", cause), new DeviceRejectedException("x", cause),
                new LinkDownException("x", cause)],
            e => Assert.Equal(("x", cause), (e.Message, e.InnerException)));
    }
}
