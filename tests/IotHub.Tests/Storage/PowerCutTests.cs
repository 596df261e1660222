using System.Net;
using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub.Tests;

/// <summary>After a power cut at any step the old state is there or the new one, whole, and what was obtained once is not lost.</summary>
public sealed class PowerCutTests
{
    private const string Folder = "/data/registered";
    private const string Answer = """
        {"Response":{"Len":53,"Payload":"s6FB3a1BA/YYbcmSE12XpVGKB464kWlzk2e4J3nqvoZkV2EjqQJRuJ6g1jLqqsL70ZE2G7WODfU2Jesy0bgMGw==","RequestId":"r"}}
        """;

    private static readonly ProductSecret OfItsProduct = new("hzvf5LF9S0isvBhDSauWMaIk");
    private static readonly DeviceIdentity Device = new("GWPROD0001", "test:01");
    private static readonly DateTimeOffset First = DateTimeOffset.UnixEpoch.AddYears(55);
    private static readonly DateTimeOffset Second = First.AddDays(1);

    [Theory]
    [InlineData("secret")]
    [InlineData("certificate")]
    [InlineData("clock floor")]
    public async Task What_the_session_keeps_outlives_a_power_cut_at_any_step(string kind)
    {
        int steps = await PowerCuts.TryAllAsync(kind switch
        {
            "secret" => Secret,
            "certificate" => Certificate,
            _ => ClockFloor,
        });
        Assert.InRange(steps, 6, 60);
    }

    /// <summary>The hub hands it out until the device has connected for the first time, so once it is there it must stay.</summary>
    private static PowerCutScenario Secret => new(
        _ => Task.CompletedTask,
        disk => Registrar(disk).ObtainAsync(Device, OfItsProduct, TestContext.Current.CancellationToken),
        (disk, ended) => Done(() =>
        {
            var credentials = Registrar(disk).Find(Device);
            Assert.True(credentials is KeyCredentials || (!ended && credentials is null), "The secret is lost.");
        }));

    private static PowerCutScenario Certificate => new(
        _ => Task.CompletedTask,
        disk => Done(() => new RegisteredDevice("certificate", "key").StoreCertificate(Store(disk, ".cert.pem"), Store(disk, ".key.pem"))),
        (disk, ended) => Done(() =>
        {
            if (Registrar(disk).Find(Device) is not CertificateCredentials credentials)
            {
                Assert.False(ended, "The certificate is lost.");
                return;
            }

            Assert.Equal("certificate"u8.ToArray(), PrivateFile.At(credentials.CertificateFile, disk).TryRead(100));
            Assert.Equal("key"u8.ToArray(), PrivateFile.At(credentials.PrivateKeyFile, disk).TryRead(100));
        }));

    private static PowerCutScenario ClockFloor => new(
        disk => Done(() => Floor(disk).Write(First)),
        disk => Done(() => Floor(disk).Write(Second)),
        (disk, ended) => Done(() =>
        {
            var floor = Floor(disk).Read(DateTimeOffset.UnixEpoch, out string? problem);
            Assert.Null(problem);
            Assert.True(floor == Second || (!ended && floor == First), $"It says {floor:O}.");
        }));

    private static ClockFloorFile Floor(IDisk disk) => new(PrivateFile.At("/data/clock", disk));

    private static PrivateFile Store(IDisk disk, string ending) =>
        new PrivateFolder(Folder, disk).Folder(Device.ProductId).File(Uri.EscapeDataString(Device.DeviceName) + ending);

    private static DeviceRegistrar Registrar(IDisk disk) =>
        new(new PrivateFolder(Folder, disk), _ => new HttpClient(new Hub()), new TestTime(), new Uri("http://hub.example/"));

    private sealed class Hub : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Answer) });
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
