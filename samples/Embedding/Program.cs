using BridgeFramework;
using BridgeFramework.Embedding;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:5080");
string folder = builder.Configuration["gateway"] ?? Path.Combine(AppContext.BaseDirectory, "gateway");

builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton<RequestCounter>();
builder.Services.AddOptions<HostOptions>().Configure(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30)); // drivers have 10 s to end
builder.Services.AddBridgeGateway(folder, (services, options) => options with
{
    // A driver of the program itself. Others come as plugins, from the folder that bridge.json names.
    AddDrivers = drivers => drivers.Add(PluginRegistrations.Of(new ProgramPlugin(services.GetRequiredService<RequestCounter>()))),
});

var application = builder.Build();
var gateway = application.Services.GetRequiredService<GatewayHost>();
// the process has one such handler: it is the program's to set
new PluginCrashGuard(() => gateway.PluginsInMemory, gateway.PluginCrashed).Install();

application.Use((context, next) =>
{
    context.RequestServices.GetRequiredService<RequestCounter>().Count();
    return next(context);
});
application.MapGet("/", () => gateway.State == GatewayHostState.Running
    ? Results.Ok(new
    {
        state = gateway.State.ToString(),
        hub = gateway.Gateway.Status.Hub.State.ToString(),
        subDevices = gateway.Gateway.Status.SubDevices.Select(device => new { id = device.Id.ToString(), cloud = device.Cloud.ToString() }),
    })
    : Results.Json(
        new { state = gateway.State.ToString(), reason = gateway.Failure?.Message }, statusCode: StatusCodes.Status503ServiceUnavailable));
application.MapPost("/sub-devices/{product}/{name}/offline", async (string product, string name, CancellationToken cancellationToken) =>
{
    if (!SubDeviceId.TryParse($"{product}/{name}", out var id)) return Results.BadRequest("expected productId/deviceName");
    if (gateway.State != GatewayHostState.Running) return Refused("The gateway is not running.");
    try
    {
        await gateway.Gateway.Orders.TakeOfflineAsync(id, cancellationToken);
        return Results.NoContent();
    }
    catch (Exception exception) when (exception is UnknownSubDeviceException or HubOfflineException or GatewayOperationException)
    {
        return Refused(exception.Message);
    }

    static IResult Refused(string reason) => Results.Problem(reason, statusCode: StatusCodes.Status503ServiceUnavailable);
});
var stopping = application.Lifetime.ApplicationStopping;
try
{
    await application.RunAsync();
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // Stopped while it started: the gateway ends its start quietly, and the web server, whose turn comes after, like this.
}
