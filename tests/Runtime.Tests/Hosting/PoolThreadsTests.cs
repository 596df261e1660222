using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class PoolThreadsTests
{
    [Fact]
    public void The_programs_of_the_house_keep_the_threads_of_their_pool() =>
        Assert.Equal(PoolThreads.Wanted, AppContext.GetData(PoolThreads.Setting)?.ToString());

    [Theory]
    [InlineData("-1", false)]
    [InlineData("0", true)]
    [InlineData("4", true)]
    [InlineData(null, true)]
    public void A_program_that_lets_them_end_is_warned_with_the_remedy(string? value, bool warned)
    {
        using var log = new LogWatch();
        using var loggers = new LoggerFactory([log]);

        PoolThreads.Check(value, loggers);

        Assert.Equal(warned, log.Troubles.Any());
        Assert.All(log.Troubles, line =>
            Assert.Contains($"set {PoolThreads.Setting} to {PoolThreads.Wanted}", line.Text, StringComparison.Ordinal));
    }
}
