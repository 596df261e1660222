using System.Globalization;
using System.Text.Json.Nodes;
using BridgeFramework.Plugins;

namespace BridgeFramework.SwapTest;

/// <summary>What a version of the plugin that counts does wrong.</summary>
internal enum Flaw
{
    None,
    Bad,
    Throws,
    Silent,
    Hangs,
}

/// <summary>A version of the plugin that counts: the one build, with another file in it and sealed anew.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Flaw">What it does wrong.</param>
/// <param name="Folder">Where it is, ready to be dropped.</param>
internal sealed record TickerVersion(string Version, Flaw Flaw, string Folder)
{
    public const string Id = "ticker";

    /// <summary>Part of the reason for which the gateway is to put it in quarantine.</summary>
    public string ExpectedReason => Flaw switch
    {
        Flaw.Throws => "failed: This version is made to fail",
        Flaw.Silent => "did not say within",
        _ => "does worse",
    };

    /// <summary>Makes one.</summary>
    /// <param name="scene">Where.</param>
    /// <param name="number">The last part of its version.</param>
    /// <param name="flaw">What it does wrong.</param>
    /// <param name="ballast">Bytes of a file that it has beside.</param>
    public static TickerVersion Make(SwapScene scene, int number, Flaw flaw, long ballast = 0)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"1.0.{number}");
        string folder = Path.Combine(scene.VersionFolder, version);
        Files.Copy(Path.Combine(SwapScene.FixtureFolder, Id), folder);
        File.WriteAllText(Path.Combine(folder, "build"), $"{version} {(flaw is Flaw.None ? "" : flaw.ToString().ToLowerInvariant())}");
        if (ballast > 0) WriteBallast(Path.Combine(folder, "ballast.bin"), number, ballast);
        string manifest = Path.Combine(folder, "plugin.json");
        var json = JsonNode.Parse(File.ReadAllBytes(manifest))!.AsObject(); // the build made it
        json["version"] = version;
        File.WriteAllText(manifest, json.ToJsonString());
        PluginSeal.Renew(folder);
        return new TickerVersion(version, flaw, folder);
    }

    /// <summary>Bytes that no file system packs away.</summary>
    private static void WriteBallast(string file, int seed, long length)
    {
        var random = new Random(seed);
        byte[] block = new byte[1 << 16];
        using var stream = File.Create(file);
        for (long left = length; left > 0; left -= block.Length)
        {
            random.NextBytes(block);
            stream.Write(block, 0, (int)Math.Min(left, block.Length));
        }
    }
}
