namespace BridgeFramework.Runtime;

/// <summary>The hub as the updates see it.</summary>
/// <param name="News">Tells it how updates go.</param>
/// <param name="AnnounceVersionAgain">Has the version of a device announced once more, so that the hub says again what it wants.</param>
/// <param name="VersionSeen">Takes the version that a device was seen to run.</param>
/// <param name="UntilOnline">Completes at once while it can be reached.</param>
internal sealed record UpdateHub(
    UpdateNewsSender News, Action<SubDeviceId> AnnounceVersionAgain, Action<SubDeviceId, string> VersionSeen,
        Func<CancellationToken, Task> UntilOnline);
