namespace BridgeFramework.Gateway.Tests;

public sealed class ProcessJudgeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly ProcessReading Start = new()
    {
        At = 0,
        Processors = 2,
        ProcessorTime = TimeSpan.Zero,
        Threads = Named(("worker", 10, 0)),
        Descriptors = 150,
        DescriptorLimit = 20_000,
        ResidentBytes = 100_000_000,
        HeapBytes = 5_000_000,
        LoadContexts = 1,
    };

    [Fact]
    public void What_a_gateway_has_every_day_is_no_problem()
    {
        var now = Start with { ProcessorTime = TimeSpan.FromSeconds(100), Descriptors = 600, Threads = Named(("worker", 300, 100)) };

        var view = ProcessJudge.Judge(Start, Start, now, Minute, channels: 10);

        Assert.Empty(view.Problems);
        Assert.Equal((1.67, 300, 10), (view.ProcessorsUsed, view.Threads, view.ThreadsAtStart));
    }

    [Fact]
    public void Processors_that_are_busy_for_a_minute_are_told_with_the_names_of_the_threads()
    {
        var now = Start with { ProcessorTime = TimeSpan.FromSeconds(118), Threads = Named(("worker", 10, 6), ("Spinner", 32, 112)) };

        Assert.Equal(
            "the process has kept 2.0 of 2 processors busy for 60 s, most of it 32 threads named 'Spinner' (1.9), "
                + "10 threads named 'worker' (0.1)",
            Assert.Single(ProcessJudge.Judge(Start, Start, now, Minute, channels: 1).Problems).What);
        Assert.Empty(ProcessJudge.Judge(Start, Start, now with { ProcessorTime = TimeSpan.FromSeconds(60) },
            TimeSpan.FromSeconds(30), channels: 1).Problems); // a start takes what it can have
    }

    [Theory]
    [InlineData(742, 20_000, 10, false)]
    [InlineData(743, 20_000, 10, true)]
    [InlineData(820, 1024, 100, true)]
    [InlineData(819, 1024, 100, false)]
    public void Descriptors_are_told_where_they_grow_without_reason_or_run_out(int open, int limit, int channels, bool isTold)
    {
        var now = Start with { Descriptors = open, DescriptorLimit = limit };

        var problems = ProcessJudge.Judge(Start, Start, now, Minute, channels).Problems;

        string expected = $"the process has {open} descriptors open of {limit}, 150 at the start: files or sockets are not closed";
        Assert.Equal(isTold ? [expected] : [], problems.Select(problem => problem.What), StringComparer.Ordinal);
    }

    [Fact]
    public void Many_threads_are_told_with_the_name_that_most_of_them_bear()
    {
        var now = Start with { Threads = Named(("worker", 20, 1), ("Acme poll", 381, 0)) };

        Assert.Equal(
            "the process has 401 threads, 10 at the start; most are 381 named 'Acme poll'",
            Assert.Single(ProcessJudge.Judge(Start, Start, now, Minute, channels: 1).Problems).What);
    }

    [Fact]
    public void It_is_compared_with_what_was_a_minute_ago()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        int seconds = 0; // of processor time
        using var watch = new ProcessWatch(
            time, () => Start with { At = time.GetTimestamp(), ProcessorTime = TimeSpan.FromSeconds(seconds) });
        Pass(60, 2);
        Assert.Single(watch.View(channels: 1)!.Problems); // ! it can be read

        Pass(60, 0);
        Assert.Empty(watch.View(channels: 1)!.Problems); // ! as above
        Assert.Equal(Minute, watch.View(channels: 1)!.Over); // ! as above

        void Pass(int duration, int processors)
        {
            for (int i = 0; i < duration; i++)
            {
                seconds += processors;
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact]
    public void The_files_of_Linux_are_read_as_they_are_documented()
    {
        Assert.Equal(
            ("a (b) c", TimeSpan.FromSeconds(3)),
            ProcessFiles.ParseThread("17 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 100 200 0 0 20 0 8 0 12345 0"));
        Assert.Null(ProcessFiles.ParseThread("17 (a"));
        Assert.Null(ProcessFiles.ParseThread("17 (a) R 1"));
        Assert.Equal(1024, ProcessFiles.ParseLimit(
            "Limit  Soft Hard Units\nMax open files            1024                 4096      files \n"));
        Assert.Null(ProcessFiles.ParseLimit("Max open files            unlimited                 unlimited      files \n"));
        Assert.Null(ProcessFiles.ParseLimit(""));
    }

    [Fact]
    public void This_process_can_be_read()
    {
        using var watch = new ProcessWatch(TimeProvider.System);

        var view = watch.View(channels: 1);

        Assert.True(view is { Threads: > 0, ResidentBytes: > 0, HeapBytes: > 0, Processors: > 0 });
        if (OperatingSystem.IsLinux()) Assert.True(view is { Descriptors: > 0, DescriptorLimit: > 0 });
    }

    private static Dictionary<string, ThreadGroup> Named(params (string Name, int Count, int Seconds)[] groups) => groups.ToDictionary(
        group => group.Name, group => new ThreadGroup(group.Count, TimeSpan.FromSeconds(group.Seconds)), StringComparer.Ordinal);
}
