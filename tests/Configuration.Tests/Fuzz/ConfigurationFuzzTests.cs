using System.Text;
using BridgeFramework.Fuzz;

namespace BridgeFramework.Configuration.Tests;

/// <summary>Mutated configurations. BRIDGE_FUZZ sets how many (default 3000).</summary>
public sealed class ConfigurationFuzzTests
{
    private const int Few = 3000;

    /// <summary>One with everything that can be said of numbers, and the example of the documentation.</summary>
    private const string Numbers = """
        { "hub": { "port": 1883, "keepAlive": "60s", "maxSubscriptions": 500 }, "uplink": { "badInterval": "10m" },
          "firmware": { "offerLifetime": "7d" }, "plugins": { "folder": "plugins", "trial": "1m" },
          "products": { "P": { "firmware": { "window": "02:00-04:00" }, "profile": { "format": "compact" } } },
          "channels": { "line1": { "driver": "modbus", "settings": { "port": 1502, "scale": 1e308 },
            "devices": [ { "range": "1..20", "id": "P/m{n:00}", "secret": "s3cr3t", "settings": { "unitId": "{n}" },
              "points": { "x": { "at": { "address": 0, "scale": 1e308 }, "interval": "1s",
                "report": { "absolute": 0.5, "relative": 0.01, "min": "1s", "max": "1h" } } } } ] } } }
        """;

    [Fact]
    public void Whatever_the_file_holds_it_is_a_plan_or_mistakes_with_their_places()
    {
        using var folder = new ConfigurationFolder();
        folder.WriteSecret("test1", "AAECAwQFBgcICQoLDA0ODw==");
        var samples = new Mutations(
            seed: 20261130, Encoding.UTF8.GetBytes(ConfigurationFolder.Example), Encoding.UTF8.GetBytes(Numbers));
        int plans = 0;
        foreach (byte[] bytes in samples.Take(Few))
        {
            try
            {
                var result = ConfigurationLoader.Load("bridge.json", bytes, folder.Path, [], folder.Environment, folder.Zone);
                Assert.Equal(result.Plan is null, result.Mistakes.Any(mistake => !mistake.IsWarning));
                Assert.All(result.Mistakes, mistake => Assert.NotEmpty(mistake.ToString()));
                if (result.Plan is null) continue;
                plans++;
                ConfigurationFolder.Printed(result, expanded: true);
            }
            catch (Exception exception)
            {
                Assert.Fail($"{exception}\nof {Convert.ToHexString(bytes)}");
            }
        }

        Assert.NotEqual(0, plans);
    }
}
