namespace BridgeFramework.Outbox;

/// <summary>One life of the numbers of an outbox: a number is given once within an owner, a lane and an epoch.</summary>
/// <param name="Number">Which of the folder's, counting up; 0 in a folder that is older than epochs.</param>
/// <param name="Id">What receivers know it by: 8 characters <c>a</c> to <c>z</c> and <c>2</c> to <c>7</c>, random.</param>
/// <param name="Term">Which grant of ownership it was begun under; 0 while nobody grants any.</param>
internal readonly record struct Epoch(int Number, string Id, long Term);
