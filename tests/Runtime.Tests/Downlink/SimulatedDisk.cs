namespace BridgeFramework.Runtime.Tests;

/// <summary>A disk with one file that can be slow, fail, be left by a killed process and lose its power.</summary>
internal sealed class SimulatedDisk : ICommandLog
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _held = new();
    private byte[] _safe = []; // what a loss of power leaves
    private byte[] _there = []; // what the system has, synced or not
    private byte[] _coming = []; // what the operation under way would leave
    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReplacing;

    public string Name => "the simulated disk";

    /// <summary>Whether operations wait for <see cref="Go"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Whether reading, and what begins from now on, fails.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether an operation waits.</summary>
    public bool IsBusy => _held.Count > 0;

    public int Syncs { get; private set; }
    public int Replaced { get; private set; }

    public string Text
    {
        get => System.Text.Encoding.UTF8.GetString(Bytes);
        set => _safe = _there = System.Text.Encoding.UTF8.GetBytes(value);
    }

    public byte[] Bytes
    {
        get
        {
            lock (_gate) return _there;
        }
    }

    /// <summary>Waits for the first operation that waits.</summary>
    public Task UntilBusyAsync(CancellationToken cancellationToken) => _busy.Task.WaitAsync(cancellationToken);

    /// <summary>Lets the operation that waits be done, or fail.</summary>
    public void Go(bool fail = false)
    {
        if (!_held.TryDequeue(out var held)) return;
        if (fail) held.SetException(new IOException("No space left on device."));
        else held.SetResult();
    }

    /// <summary>The disk as the next process finds it after this one was killed: an append has come as far as chance has it.</summary>
    public SimulatedDisk Killed(Random random)
    {
        byte[] left = _there;
        if (IsBusy && _isReplacing) left = random.Next(2) == 0 ? _there : _coming;
        else if (IsBusy) left = _coming[..random.Next(_there.Length, _coming.Length + 1)];
        return new SimulatedDisk { _safe = _isReplacing && left != _there ? left : _safe, _there = left };
    }

    /// <summary>The disk after the power was lost: of what was not synced any part is there, or zeros in its place.</summary>
    public SimulatedDisk Unpowered(Random random)
    {
        byte[] left = Killed(random)._there;
        // A file that was replaced is the old one or the new one; an old one that has grown without a sync may be cut.
        if (!left.AsSpan().StartsWith(_safe)) return new SimulatedDisk { _safe = left, _there = left };
        int kept = random.Next(_safe.Length, left.Length + 1);
        byte[] cut = random.Next(3) == 0 ? [.. left[..kept], .. new byte[left.Length - kept]] : left[..kept];
        return new SimulatedDisk { _safe = cut, _there = cut };
    }

    public ValueTask<JournalContent> ReadAsync() =>
        Fails ? throw new IOException("Input/output error.") : new(new JournalContent(Bytes, Skipped: 0));

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> lines, bool sync)
    {
        byte[] content = [.. Bytes, .. lines.Span];
        _isReplacing = false;
        try
        {
            await DoAsync(content);
        }
        catch (IOException)
        {
            lock (_gate) _there = content[..^(lines.Length / 2)];
            throw;
        }

        lock (_gate)
        {
            _there = content;
            if (sync) _safe = content;
        }

        if (sync) Syncs++;
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> content)
    {
        _isReplacing = true;
        await DoAsync(content.ToArray());
        lock (_gate) _safe = _there = content.ToArray();
        Syncs++;
        Replaced++;
    }

    private async Task DoAsync(byte[] content)
    {
        if (Fails) throw new IOException("No space left on device.");
        if (!IsSlow) return;
        _coming = content;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.Enqueue(held);
        _busy.TrySetResult();
        await held.Task;
    }
}
