using BridgeFramework;

namespace Fixture.TwoEntryPoints;

public sealed class First : IBridgePlugin
{
    public void Configure(IPluginBuilder builder)
    {
    }
}

public sealed class Second : IBridgePlugin
{
    public void Configure(IPluginBuilder builder)
    {
    }
}
