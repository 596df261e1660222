using BridgeFramework.Plugins;
using System.Reflection;

namespace BridgeFramework.Runtime.Tests;

public sealed class QueuedWorkTests
{
    [Fact]
    public void The_runtime_still_shows_its_queues() => Assert.NotNull(
        typeof(ThreadPool).GetMethod("GetQueuedWorkItems", BindingFlags.Static | BindingFlags.NonPublic, Type.EmptyTypes));

    [Fact]
    public void Nobody_is_named_where_there_are_no_plugins() => Assert.Empty(QueuedWork.CountOf([]));
}
