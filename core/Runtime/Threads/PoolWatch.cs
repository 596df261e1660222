using System.Diagnostics;

namespace BridgeFramework.Runtime;

/// <summary>Measures, on a thread outside the pool, how long work waits for a thread of the pool, and does what
/// <see cref="PoolJudge"/> says.</summary>
internal sealed class PoolWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Real time, whatever the gateway's clock is: the threads are the machine's.</summary>
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly PoolJudge _judge;
    private readonly Action<PoolNews> _tell;
#pragma warning disable CA2213, IDISP006 // The thread still waits for it when it is disposed; without a handle it holds nothing.
    private readonly ManualResetEventSlim _stop = new();
#pragma warning restore CA2213, IDISP006

    /// <summary>Begins to watch.</summary>
    /// <param name="deadly">How long nothing may run before it is given up.</param>
    /// <param name="tell">Told what there is to be said, on the thread of the watch, which waits for it. Where it throws, the watch
    /// goes on.</param>
    public PoolWatch(TimeSpan deadly, Action<PoolNews> tell)
    {
        _tell = tell;
        ThreadPool.GetMinThreads(out int minimum, out _);
        ThreadPool.GetMaxThreads(out int maximum, out _);
        _judge = new PoolJudge(minimum, maximum, deadly);
        new Thread(Watch) { IsBackground = true, Name = "Pool watch" }.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Set();

    private void Watch()
    {
        long began = Time.GetTimestamp();
        while (!_stop.IsSet)
        {
            var probe = new Probe();
            ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false);
            bool hasRun;
            do
            {
                hasRun = probe.Ran.Wait(Tick, CancellationToken.None);
                // Whoever looks at the process with a debugger has stopped its threads.
                if (!Debugger.IsAttached) Act(_judge.Look(Look(Time.GetElapsedTime(began), hasRun)));
            }
            while (!hasRun && !_stop.Wait(TimeSpan.Zero, CancellationToken.None));
            // A probe that ran at once is followed by another one as soon as that could tell anything.
            _stop.Wait(PoolJudge.LongestLook, CancellationToken.None);
        }
    }

    private void Act(PoolAdvice advice)
    {
        if (advice.Maximum is { } maximum)
        {
            ThreadPool.GetMaxThreads(out _, out int ports);
            ThreadPool.SetMaxThreads(maximum, ports);
        }

        if (advice.Minimum is { } minimum)
        {
            ThreadPool.GetMinThreads(out _, out int ports);
            ThreadPool.SetMinThreads(minimum, ports);
        }

        if (advice.News != PoolNews.None) Tell(advice.News);
    }

    /// <summary>A mistake in what is said, or a log that throws, must not end the process that this is to keep alive.</summary>
    private void Tell(PoolNews news)
    {
        try
        {
            _tell(news);
        }
        catch (Exception)
        {
            // Whoever would be told of it has thrown it.
        }
    }

    private static PoolLook Look(TimeSpan at, bool hasRun)
    {
        ThreadPool.GetMinThreads(out int minimum, out _);
        ThreadPool.GetMaxThreads(out int maximum, out _);
        return new PoolLook(at, hasRun, minimum, maximum, ThreadPool.ThreadCount);
    }

    private sealed class Probe : IThreadPoolWorkItem
    {
#pragma warning disable IDISP006 // Without a handle it holds nothing.
        public ManualResetEventSlim Ran { get; } = new();
#pragma warning restore IDISP006

        public void Execute() => Ran.Set();
    }
}
