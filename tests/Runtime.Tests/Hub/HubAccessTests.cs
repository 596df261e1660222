using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What a plan says of the hub, and when two plans say the same of the gateway's credentials.</summary>
public sealed class HubAccessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_plan_that_says_the_same_has_the_same_source_of_credentials()
    {
        Assert.Equal(Source(), Source());
        Assert.Equal(Source(), Source(hub: """, "pairingWindow": "1m", "publishRate": 5, "operationBatch": 10"""));
        Assert.Equal(Source(secret: "", product: Cloud.ProductSecret), Source(secret: "", product: Cloud.ProductSecret));
    }

    [Fact]
    public void Another_secret_another_product_secret_and_another_service_are_other_sources()
    {
        Assert.NotEqual(Source(), Source(secret: Cloud.MeterSecret));
        Assert.NotEqual(
            Source(secret: "", product: Cloud.ProductSecret), Source(secret: "", product: "anotherProductSecret1"));
        Assert.NotEqual(
            Source(secret: "", product: Cloud.ProductSecret),
            Source(secret: "", product: Cloud.ProductSecret, hub: """, "registrationUrl": "http://127.0.0.1:1/" """));
    }

    private object? Source(string secret = Cloud.GatewaySecret, string product = "", string hub = "")
    {
        File.WriteAllText(
            Path.Combine(_folder.FullName, "device_info.json"),
            $$"""{ "auth_mode": "KEY", "productId": "GWPROD0001", "productSecret": "{{product}}", "deviceName": "gw1", "key_deviceinfo": { "deviceSecret": "{{secret}}" } }""");
        File.WriteAllText(
            Path.Combine(_folder.FullName, "bridge.json"),
            $$"""{ "hub": { "deviceInfo": "device_info.json", "host": "127.0.0.1", "port": 1, "tls": false{{hub}} }, "channels": {} }""");
        var result = ConfigurationLoader.Load(_folder.FullName);
        var plan = result.Plan ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
        return HubAccess.OptionsOf(plan).Credentials.Target;
    }
}
