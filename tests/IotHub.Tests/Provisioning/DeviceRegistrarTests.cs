using System.Net;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub.Tests;

public sealed class DeviceRegistrarTests : IDisposable
{
    private const string Answer = """
        {"Response":{"Len":53,"Payload":"s6FB3a1BA/YYbcmSE12XpVGKB464kWlzk2e4J3nqvoZkV2EjqQJRuJ6g1jLqqsL70ZE2G7WODfU2Jesy0bgMGw==","RequestId":"r"}}
        """;

    private static readonly ProductSecret Secret = new("hzvf5LF9S0isvBhDSauWMaIk");
    private static readonly DeviceSecret Own = new("AAECAwQFBgcICQoLDA0ODw==");
    private static readonly DeviceIdentity Device = new("GWPROD0001", "test:01");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-registrar");
    private int _asked;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Kept => Path.Combine(_folder.FullName, "GWPROD0001", "test%3A01.secret");

    [Fact]
    public async Task A_device_is_registered_once_and_its_secret_kept_for_the_owner_alone()
    {
        Assert.Equal(Own, Key(await Registrar().ObtainAsync(Device, Secret, Ct)));
        Assert.Equal(Own, Key(await Registrar().ObtainAsync(Device, Secret, Ct)));
        Assert.Equal(1, _asked);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kept));
    }

    [Fact]
    public async Task A_refusal_keeps_nothing_so_that_the_next_attempt_asks_again()
    {
        await Assert.ThrowsAsync<DynamicRegistrationException>(() => Registrar("""{"Response":{"Error":{"Code":"AuthFailure"}}}""").ObtainAsync(Device, Secret, Ct));
        Assert.Null(Registrar().Find(Device));
        Assert.Equal(Own, Key(await Registrar().ObtainAsync(Device, Secret, Ct)));
        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64 at all!")]
    public async Task A_kept_secret_that_is_damaged_is_named_and_not_overwritten(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Kept)!); // it is not the root
        await File.WriteAllTextAsync(Kept, content, Ct);
        var problem = await Assert.ThrowsAsync<DynamicRegistrationException>(() => Registrar().ObtainAsync(Device, Secret, Ct));
        Assert.Contains(Kept, problem.Message, StringComparison.Ordinal);
        Assert.Equal((0, content), (_asked, await File.ReadAllTextAsync(Kept, Ct)));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_not_used()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "GWPROD0001"), "in the way of the folder", Ct);
        await Assert.ThrowsAnyAsync<IOException>(() => Registrar().ObtainAsync(Device, Secret, Ct));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static DeviceSecret Key(HubCredentials credentials) => Assert.IsType<KeyCredentials>(credentials).Secret;

    private DeviceRegistrar Registrar(string answer = Answer) =>
        new(new PrivateFolder(_folder.FullName), _ =>
            new HttpClient(new Handler(this, answer)), new TestTime(), new Uri("http://hub.example/device/register"));

    private sealed class Handler(DeviceRegistrarTests test, string answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer) });
        }
    }
}
