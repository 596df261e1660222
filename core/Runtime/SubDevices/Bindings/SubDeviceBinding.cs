using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What it means for a sub-device that the hub says that it is not bound.</summary>
internal enum NotBoundMeaning
{
    /// <summary>It is to be bound.</summary>
    ToBeBound,

    /// <summary>The hub has accepted its bind a moment ago and contradicts itself.</summary>
    Contradiction,

    /// <summary>It never was bound, and there is nothing to bind it with.</summary>
    NothingToBindWith,

    /// <summary>It was bound, and nobody has said that it was unbound: the hub may be wrong.</summary>
    Doubtful,

    /// <summary>Somebody has unbound it.</summary>
    Unbound,
}

/// <summary>Whether one sub-device is bound, as far as the hub has ever said, and so whether it may be bound by itself.</summary>
/// <remarks>Used under one lock.</remarks>
/// <param name="device">The sub-device.</param>
/// <param name="book">What the hub has said, over restarts.</param>
/// <param name="policy">What becomes of one that was bound and is not any more.</param>
internal sealed class SubDeviceBinding(SubDevicePlan device, BindingBook book, RebindPolicy policy)
{
    private bool _justBound;         // our bind was accepted; whether the hub means it, the next answer tells
    private bool _isDoubted;
    private TimeSpan? _missingSince; // from the first of the lists that lack it while it is doubted

    /// <summary>Whether it is bound as soon as the hub says that it is not.</summary>
    public bool MayBind => device.CanBind && (_justBound || !IsKeptUnbound);

    /// <summary>Whether it was bound once, and is a person's to bind again.</summary>
    public bool IsKeptUnbound => policy == RebindPolicy.Never && book.Of(device.Id) != KnownBinding.Never;

    /// <summary>Why it is bound, in words.</summary>
    public string WhyBind => book.Of(device.Id) == KnownBinding.Never ? "the hub says that it is not bound, and it is new here"
        : _justBound ? "the hub says that it is not bound, a moment after it was"
        : "the hub says that it is not bound any more, and 'hub.rebind' is 'always'";

    /// <summary>Why it is not bound, in words, and what to do.</summary>
    public string WhyUnbound => _isDoubted
        ? $"The hub says that it is not bound any more. It is asked again now and then, and not bound by itself: {Remedy}."
        : $"Unbound at the hub, and not bound again by itself: {Remedy}.";

    private string Remedy => device.CanBind ? $"bind it there, or by hand with 'bridge device bind {device.Id}'" : "bind it there";

    /// <summary>The hub has it bound.</summary>
    /// <param name="justNow">Because of our bind.</param>
    public void Confirm(bool justNow)
    {
        (_justBound, _isDoubted) = (justNow, false);
        book.Note(device.Id, bound: true);
    }

    /// <summary>It is certain that somebody has unbound it.</summary>
    public void Unbind()
    {
        (_justBound, _isDoubted) = (false, false);
        book.Note(device.Id, bound: false);
    }

    /// <summary>Another connection: what was said on the last one is not held against this one.</summary>
    public void Forget() => (_justBound, _isDoubted) = (false, false);

    /// <summary>The hub says that it is not bound.</summary>
    public NotBoundMeaning Judge()
    {
        if (_justBound) return NotBoundMeaning.Contradiction;
        if (MayBind) return NotBoundMeaning.ToBeBound;
        switch (book.Of(device.Id))
        {
            case KnownBinding.Never: return NotBoundMeaning.NothingToBindWith;
            case KnownBinding.Unbound: return NotBoundMeaning.Unbound;
            default:
                (_isDoubted, _missingSince) = (true, null);
                return NotBoundMeaning.Doubtful;
        }
    }

    /// <summary>Holds a doubt against what the hub lists.</summary>
    /// <param name="list">The list; null if there is none.</param>
    /// <param name="now">Elapsed time.</param>
    /// <param name="apart">How far apart two lists must be that prove it.</param>
    /// <returns>True: it was unbound. False: this leaves it open. Null: another list is needed.</returns>
    public bool? Settle(HubList? list, TimeSpan now, TimeSpan apart)
    {
        if (!_isDoubted || list is not { IsWhole: true } || list.Bound.Contains(device.Id)) return false;
        _missingSince ??= now;
        if (now - _missingSince < apart) return null;
        Unbind();
        return true;
    }
}
