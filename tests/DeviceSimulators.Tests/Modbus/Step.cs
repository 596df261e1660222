using System.Threading.Channels;

namespace BridgeFramework.DeviceSimulators.Tests;

/// <summary>Waiting that ends: a step that does not happen fails its test by name.</summary>
internal static class Step
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads the next element, expected soon.</summary>
    public static async Task<T> NextAsync<T>(ChannelReader<T> reader, string description)
    {
        try
        {
            return await reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {description}.", late);
        }
    }
}
