namespace BridgeFramework.Runtime;

/// <summary>What became of a hand-over.</summary>
internal enum HandOverOutcome
{
    /// <summary>The device has the image.</summary>
    Taken,

    /// <summary>The device refuses it for good.</summary>
    Rejected,

    /// <summary>It was offered, and is not any more before the device came for it.</summary>
    Withdrawn,

    /// <summary>The device is not there, or the way to it is not. It goes on when it is.</summary>
    Absent,

    /// <summary>Something went wrong; the same may go well next time.</summary>
    Failed,
}

/// <summary>What became of a hand-over, and why.</summary>
internal readonly record struct HandOver(HandOverOutcome Outcome, string Reason = "");

/// <summary>How a device says that it stands; without a status it did not, and the reason says why.</summary>
internal readonly record struct FirmwareAnswer(FirmwareStatus? Status, string Reason = "");

/// <summary>What the driver of a device says when it is asked about two versions.</summary>
internal enum VersionAnswer
{
    Yes,
    No,

    /// <summary>It leaves that to the texts.</summary>
    Texts,

    /// <summary>It was there, and threw or did not say so in time.</summary>
    NoAnswer,

    /// <summary>It could not be asked: its channel does not run.</summary>
    NotAsked,
}

/// <summary>One device that is given firmware. A seam: a sub-device on its channel, the gateway itself, or a
/// fake that a test holds.</summary>
internal interface IUpdateTarget
{
    /// <summary>Whose hand-overs are counted together.</summary>
    string Channel { get; }

    /// <summary>How many of the channel may be given firmware at a time.</summary>
    int Concurrency { get; }

    /// <summary>Whether the device comes for the image by itself: giving it the image is an offer then, at first. Its driver
    /// says so, and is there to do it while the device is ready.</summary>
    bool Offers => false;

    /// <summary>Where in the configuration its update policy is, for sentences that name a setting.</summary>
    string PolicyPath { get; }

    /// <summary>Why it cannot be given firmware at all; <see langword="null"/> where it can, or nobody knows yet.</summary>
    string? Obstacle { get; }

    /// <summary>Completes when the device is there and can be given firmware.</summary>
    Task UntilReadyAsync(CancellationToken cancellationToken);

    /// <summary>Completes when its driver can be asked about versions; the device need not be there.</summary>
    Task UntilAskableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives it the image. Throws nothing but <see cref="OperationCanceledException"/>.</summary>
    Task<HandOver> UpdateAsync(StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken);

    /// <summary>Asks how it stands; throws as above.</summary>
    Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken);

    /// <summary>How long it may go on saying that it runs the old version after it has taken the image: it
    /// may be about to restart. Throws as above.</summary>
    Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken);

    /// <summary>Whether what it reports is, in its own words, the version that the hub names; throws as above.</summary>
    Task<VersionAnswer> IsSameVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        Task.FromResult(string.Equals(wanted, reported, StringComparison.Ordinal) ? VersionAnswer.Yes : VersionAnswer.No);

    /// <summary>Whether what the hub names is older than what it reports; throws as above.</summary>
    Task<VersionAnswer> IsOlderVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        Task.FromResult(VersionAnswer.Texts);

    /// <summary>Whether <see cref="LookAsync"/> says what a hand-over has come to in any case, so that nothing is handed over right after
    /// it: then it waits for no window.</summary>
    bool LookSettles => false;

    /// <summary>Asks the same of a device that was being given the image and of which nobody saw what came of it.</summary>
    Task<FirmwareAnswer> LookAsync(CancellationToken cancellationToken) => QueryAsync(cancellationToken);
}
