using BridgeFramework.Configuration;
using BridgeFramework.Disks;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class SubDeviceBinderTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-test-");
    private readonly HubSession _session;
    private readonly GatewayOperations _operations;
    private readonly SubDeviceBinder _binder;

    public SubDeviceBinderTests()
    {
        _session = new HubSession(
            new HubSessionOptions
            {
                Gateway = new DeviceIdentity("GWPROD0001", "test01"),
                Credentials = _ => throw new InvalidOperationException("Nobody connects here."),
            },
            TimeProvider.System,
            new FakeLogger<HubSession>());
        _operations = new GatewayOperations(_session, TimeProvider.System, new FakeLogger<GatewayOperations>());
        _binder = new SubDeviceBinder(_operations, new DeviceRegistrar(In("secrets"), TimeProvider.System));
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _operations.DisposeAsync();
        await _session.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_is_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(In("fifo"));
        Assert.Contains("a regular file is expected", await RefusalOf("fifo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_too_long_is_not_read()
    {
        await using (var file = File.Create(In("long"))) file.SetLength(1L << 40);
        Assert.Contains("has more than 65536 bytes", await RefusalOf("long"), StringComparison.Ordinal);
    }

    private async Task<string> RefusalOf(string certificate)
    {
        var device = new SubDevicePlan
        {
            Id = SubDeviceId.Parse("P/d"),
            CertificateFile = In(certificate),
            Settings = System.Text.Json.JsonElement.Parse("{}"),
        };
        var refusal = await Assert.ThrowsAsync<OrderNotPossibleException>(
            () => _binder.BindAsync(device, TestContext.Current.CancellationToken));
        return refusal.Message;
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
