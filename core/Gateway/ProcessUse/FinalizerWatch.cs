namespace BridgeFramework.Gateway;

/// <summary>Looks whether finalizers still run: all of them run on one thread, and one that never ends keeps it.</summary>
/// <remarks>An object that nobody holds is collected sooner or later, and its finalizer runs a moment after. Safe to use from any thread.
/// </remarks>
internal sealed class FinalizerWatch(TimeProvider time)
{
    private readonly Lock _gate = new();
    private WeakReference? _probe;
    private Fate _fate = new();
    private long? _deadSince;

    /// <summary>Looks once more.</summary>
    /// <returns>For how long finalizers have not run; <see langword="null"/> where they do, or nothing had to be finalized.</returns>
    public TimeSpan? Look()
    {
        lock (_gate)
        {
            if (_fate.HasRun) (_probe, _fate, _deadSince) = (null, new Fate(), null);
            _probe ??= Drop(_fate);
            if (_probe.IsAlive) return null;
            _deadSince ??= time.GetTimestamp();
            return time.GetElapsedTime(_deadSince.Value);
        }
    }

    /// <summary>In a method of its own, so that nothing on the stack holds it.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Drop(Fate fate) => new(new Probe(fate));

    private sealed class Fate
    {
        private volatile bool _hasRun;

        public bool HasRun => _hasRun;

        public void Run() => _hasRun = true;
    }

    private sealed class Probe(Fate fate)
    {
#pragma warning disable MA0055, IDISP023 // It is what is looked for, and what it refers to has no finalizer.
        ~Probe() => fate.Run();
#pragma warning restore MA0055, IDISP023
    }
}
