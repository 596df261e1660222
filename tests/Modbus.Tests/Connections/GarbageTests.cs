namespace BridgeFramework.Modbus.Tests;

/// <summary>Runs alone: what is counted is the garbage of the whole process.</summary>
[CollectionDefinition(nameof(GarbageTests), DisableParallelization = true)]
[Collection(nameof(GarbageTests))]
public sealed class GarbageTests
{
#if DEBUG
    // The debug compiler makes the state of each call of an async method an object: one write per request, 64 bytes.
    private const double MaxBytesPerRequest = 64 + 20;
#else
    // The runner itself allocates a little meanwhile; one object per request would be 24 bytes at least.
    private const double MaxBytesPerRequest = 20;
#endif

    [Fact]
    public async Task A_request_in_steady_state_allocates_nothing()
    {
        double perRequest = 0;
        // Away from the runner's synchronization context, whose posts would be counted too.
        await Task.Run(async () => perRequest = await Measure(), TestContext.Current.CancellationToken);
        Assert.InRange(perRequest, 0, MaxBytesPerRequest);
    }

    private static async Task<double> Measure()
    {
        await using var stream = new AnsweringStream();
        using var connection = new ModbusTcpConnection(stream, 1, TimeSpan.FromSeconds(10), TimeProvider.System);
        _ = connection.RunAsync(static () => { }, CancellationToken.None);
        var request = new RegisterRequest(1);
        await Read(connection, request, 500);
        const int Requests = 5000;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await Read(connection, request, Requests);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
    }

    private static async Task Read(ModbusTcpConnection connection, RegisterRequest request, int times)
    {
        for (int i = 0; i < times; i++) Assert.True((await connection.ExecuteAsync(request)).IsDone);
    }
}
