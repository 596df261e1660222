namespace BridgeFramework.Configuration.Tests;

internal static class Lines
{
    /// <summary>Compares lists of texts as a reader would: line by line.</summary>
    public static void AreEqual(IEnumerable<string?> expected, IEnumerable<string?> actual) =>
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
}
