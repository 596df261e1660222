using System.Diagnostics;
using System.Runtime.Loader;

namespace BridgeFramework.Gateway;

/// <summary>Looks every few seconds what the process has of the machine, so that it can be said what has become more.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Queue<ProcessReading> _readings = new();
    private readonly Func<ProcessReading?> _read;
    private readonly ProcessReading? _first;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="time">The clock.</param>
    /// <param name="read">Reads; what the system says if not given.</param>
    public ProcessWatch(TimeProvider time, Func<ProcessReading?>? read = null)
    {
        var finalizers = new FinalizerWatch(time);
        (_time, _read) = (time, read ?? (() => Read(time, finalizers)));
        _first = _read();
        if (_first is not null) _readings.Enqueue(_first);
        _timer = time.CreateTimer(_ => Look(), state: null, Interval, Interval);
    }

    /// <summary>How it stands, beside the start and a minute ago; <see langword="null"/> where nothing can be read.</summary>
    /// <param name="channels">How many channels there are: each may have some descriptors.</param>
    public ProcessStatus? View(int channels)
    {
        if (_first is not { } first || _read() is not { } now) return null;
        ProcessReading before;
        lock (_gate) before = _readings.LastOrDefault(reading => _time.GetElapsedTime(reading.At, now.At) >= Span) ?? _readings.Peek();
        return ProcessJudge.Judge(first, before, now, _time.GetElapsedTime(before.At, now.At), channels);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_read() is not { } reading) return;
        lock (_gate)
        {
            _readings.Enqueue(reading);
            // One that is a minute old stays.
            while (_readings.Count > 2 && _time.GetElapsedTime(_readings.ElementAt(1).At, reading.At) >= Span) _readings.Dequeue();
        }
    }

    private static ProcessReading? Read(TimeProvider time, FinalizerWatch finalizers)
    {
        try
        {
            using var process = Process.GetCurrentProcess();
            bool isLinux = OperatingSystem.IsLinux();
            return new ProcessReading
            {
                At = time.GetTimestamp(),
                Processors = Environment.ProcessorCount,
                ProcessorTime = process.TotalProcessorTime,
                Threads = isLinux ? ProcessFiles.Threads()
                    : new Dictionary<string, ThreadGroup>(StringComparer.Ordinal)
                    {
                        ["all"] = new(process.Threads.Count, process.TotalProcessorTime),
                    },
                Descriptors = isLinux ? ProcessFiles.CountDescriptors() : null,
                DescriptorLimit = isLinux ? ProcessFiles.DescriptorLimit() : null,
                ResidentBytes = process.WorkingSet64,
                HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
                LoadContexts = AssemblyLoadContext.All.Count(context => context.IsCollectible),
                FinalizersBlocked = finalizers.Look(),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // no descriptor is left to read it with
        }
    }
}
