namespace BridgeFramework.IotHub.Tests;

public sealed class ReconnectDelaysTests
{
    private static readonly ReconnectDelays Default = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1_000_000, 60)]
    public void The_bound_doubles_up_to_the_cap(int failures, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Default.For(failures, HubFaultKind.Unreachable, jitter: 1));
        Assert.Equal(TimeSpan.Zero, Default.For(failures, HubFaultKind.Unreachable, jitter: 0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(1_000_000, 10)]
    public void After_a_connection_that_had_stood_the_bound_is_ten_seconds(int failures, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), Default.For(failures, HubFaultKind.Lost, jitter: 1, hasStood: true));

    [Fact]
    public void After_a_refusal_there_are_at_least_five_seconds() =>
        Assert.All(Enumerable.Range(1, 10), n => Assert.True(Default.For(n, HubFaultKind.Refused, jitter: 0) >= TimeSpan.FromSeconds(5)));

    [Theory]
    [InlineData(HubFaultKind.Rejected)]
    [InlineData(HubFaultKind.Displaced)]
    public void What_an_operator_must_heal_is_retried_at_the_cap(HubFaultKind kind)
    {
        Assert.Equal(TimeSpan.FromSeconds(48), Default.For(1, kind, jitter: 0));
        Assert.Equal(TimeSpan.FromSeconds(60), Default.For(1, kind, jitter: 1));
    }
}
