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
/// <param name="book">What the hub has said, over restarts.</param>
internal sealed class SubDeviceBinding(BindingBook book)
{
    private bool _justBound;         // our bind was accepted; whether the hub means it, the next answer tells
    private bool _isDoubted;
    private TimeSpan? _missingSince; // from the first of the lists that lack it while it is doubted

    /// <summary>The sub-device.</summary>
    public required SubDevicePlan Device { get; set; }

    /// <summary>What becomes of one that was bound and is not any more.</summary>
    public required RebindPolicy Policy { get; set; }

    /// <summary>Whether it is bound as soon as the hub says that it is not.</summary>
    public bool MayBind => Device.CanBind && (_justBound || !IsKeptUnbound);

    /// <summary>Whether it was bound once, and is a person's to bind again.</summary>
    public bool IsKeptUnbound => Policy == RebindPolicy.Never && book.Of(Device.Id) != KnownBinding.Never;

    /// <summary>Whether it is certain that somebody has unbound it.</summary>
    public bool IsUnbound => book.Of(Device.Id) == KnownBinding.Unbound;

    /// <summary>Why it is bound, in words.</summary>
    public string WhyBind => book.Of(Device.Id) == KnownBinding.Never ? "the hub says that it is not bound, and it is new here"
        : _justBound ? "the hub says that it is not bound, a moment after it was"
        : "the hub says that it is not bound any more, and 'hub.rebind' is 'always'";

    /// <summary>Why it is not bound, in words, and what to do.</summary>
    public string WhyUnbound => _isDoubted
        ? $"The hub says that it is not bound any more. It is asked again now and then, and not bound by itself: {Remedy}."
        : $"Unbound at the hub, and not bound again by itself: {Remedy}.";

    private string Remedy => Device.CanBind ? $"bind it there, or by hand with 'bridge device bind {Device.Id}'" : "bind it there";

    /// <summary>The hub has it bound.</summary>
    /// <param name="justNow">Because of our bind.</param>
    public void Confirm(bool justNow)
    {
        (_justBound, _isDoubted) = (justNow, false);
        book.Note(Device.Id, bound: true);
    }

    /// <summary>It is certain that somebody has unbound it.</summary>
    public void Unbind()
    {
        (_justBound, _isDoubted) = (false, false);
        book.Note(Device.Id, bound: false);
    }

    /// <summary>The gateway itself unbinds it, or has: who names it again wants it bound.</summary>
    public void UnbindItself()
    {
        (_justBound, _isDoubted) = (false, false);
        book.Forget(Device.Id);
    }

    /// <summary>Another connection: what was said on the last one is not held against this one.</summary>
    public void Forget() => (_justBound, _isDoubted) = (false, false);

    /// <summary>The hub says that it is not bound.</summary>
    public NotBoundMeaning Judge()
    {
        if (_justBound) return NotBoundMeaning.Contradiction;
        if (MayBind) return NotBoundMeaning.ToBeBound;
        switch (book.Of(Device.Id))
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
        if (!_isDoubted || list is not { IsWhole: true } || list.Bound.Contains(Device.Id)) return false;
        _missingSince ??= now;
        if (now - _missingSince < apart) return null;
        Unbind();
        return true;
    }
}
