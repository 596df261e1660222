using System.Text.Json;
using BridgeFramework.Fuzz;

namespace BridgeFramework.Plugins.Tests;

/// <summary>Mutated settings of a driver, numbers that no type holds among them. BRIDGE_FUZZ sets how many (default 10000).</summary>
public sealed class SettingsFuzzTests
{
    private const int Few = 10_000;

    [Fact]
    public void Settings_are_read_or_refused_with_their_place()
    {
        var settings = new Mutations(
            seed: 20261130,
            [.. """{ "host": "h", "port": 1502, "wait": "250ms", "linger": "1m", "units": [1, 2], "mode": "careful" }"""u8],
            [.. """{ "host": "h", "inner": { "depth": 5 }, "wait": 1e308, "port": 1e9999 }"""u8]);
        int read = 0;
        foreach (byte[] bytes in settings.Take(Few))
        {
            try
            {
                using var document = JsonDocument.Parse(bytes);
                SettingsReader.Read(document.RootElement, SampleJson.Default.SampleSettings, "channel settings");
                read++;
            }
            catch (SettingsException refusal)
            {
                Assert.StartsWith("$", refusal.Path, StringComparison.Ordinal);
            }
            catch (JsonException)
            {
                // No JSON: the configuration's reader says so, with the place.
            }
            catch (Exception other)
            {
                Assert.Fail($"{other} of {Convert.ToHexString(bytes)}");
            }
        }

        Assert.NotEqual(0, read);
    }
}
