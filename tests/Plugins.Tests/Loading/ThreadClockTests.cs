namespace BridgeFramework.Plugins.Tests;

public sealed class ThreadClockTests
{
    [Theory]
    [InlineData("17 (dotnet) S 1 1 1 0 -1 4194304 0 0 0 0 123 77 0 0 20 0 1 0 100 0 0", 2.0)]
    [InlineData("17 (a name) with ) in it) R 1 1 1 0 -1 4194304 0 0 0 0 0 5 0 0 20 0 1 0 100 0 0", 0.05)]
    [InlineData("17 (dotnet) S 1 1 1", null)]
    [InlineData("17 (dotnet) S 1 1 1 0 -1 4194304 0 0 0 0 x 77 0 0", null)]
    [InlineData("", null)]
    public void The_line_of_the_kernel_is_read(string stat, double? seconds) =>
        Assert.Equal(seconds, ThreadClock.Parse(stat)?.TotalSeconds);

    [Fact]
    public void A_thread_that_has_not_begun_has_no_time() => Assert.Null(new ThreadClock().ProcessorTime);

    [Fact]
    public async Task Only_what_the_thread_itself_computes_counts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says what a thread has computed.");
        ThreadClock idle = new(), busy = new();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new ManualResetEventSlim();
        var ct = TestContext.Current.CancellationToken;
        Start(() =>
        {
            idle.Begin();
            end.Wait(ct);
        });
        Start(() =>
        {
            busy.Begin();
            while (busy.ProcessorTime < TimeSpan.FromMilliseconds(200)) ct.ThrowIfCancellationRequested();
            done.SetResult();
        });

        await done.Task;
        Assert.InRange(idle.ProcessorTime ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        end.Set();

        static void Start(ThreadStart work) => new Thread(work) { IsBackground = true }.Start();
    }
}
