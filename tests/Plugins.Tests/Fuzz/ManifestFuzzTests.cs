using BridgeFramework.Fuzz;

namespace BridgeFramework.Plugins.Tests;

/// <summary>Random and mutated manifests. BRIDGE_FUZZ sets how many (default 20000).</summary>
public sealed class ManifestFuzzTests
{
    private const int Few = 20_000;

    [Fact]
    public void A_manifest_is_read_or_refused_and_what_is_read_can_be_used()
    {
        using var disk = new PluginsOnDisk();
        byte[] good = File.ReadAllBytes(Path.Combine(disk.Drop("good"), PluginManifest.FileName));
        byte[] misbehaving = File.ReadAllBytes(Path.Combine(disk.Drop("misbehaving"), PluginManifest.FileName));
        int read = 0;
        foreach (byte[] bytes in new Mutations(seed: 20261130, good, misbehaving).Take(Few))
        {
            try
            {
                // Everything in it is asked for.
                PluginManifestWriter.Write(PluginManifestReader.Parse(bytes));
                read++;
            }
            catch (PluginRejectedException refusal)
            {
                Assert.NotEmpty(refusal.Reason);
            }
            catch (Exception other)
            {
                Assert.Fail($"{other} of {Convert.ToHexString(bytes)}");
            }
        }

        Assert.NotEqual(0, read);
    }
}
