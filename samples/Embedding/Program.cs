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
application.MapGet("/", () => gateway.State == GatewayHostState.Running ? Results.Ok(new
{
    state = gateway.State.ToString(),
    hub = gateway.Gateway.Status.Hub.State.ToString(),
    subDevices = gateway.Gateway.Status.SubDevices.Select(device => new { id = device.Id.ToString(), cloud = device.Cloud.ToString() }),
}) : Unavailable(gateway.Failure?.Message));
application.MapPost("/offline", async (SubDeviceId id, CancellationToken cancellationToken) =>
{
    if (gateway.State != GatewayHostState.Running) return Unavailable(gateway.Failure?.Message);
    try
    {
        await gateway.Gateway.Orders.TakeOfflineAsync(id, cancellationToken);
        return Results.NoContent();
    }
    catch (UnknownSubDeviceException exception)
    {
        return Results.NotFound(exception.Message);
    }
    catch (Exception exception) when (exception is HubOfflineException or GatewayOperationException)
    {
        return Unavailable(exception.Message);
    }
});
application.MapPost("/sub-devices", async (SubDeviceId id, CancellationToken cancellationToken) =>
{
    if (gateway.State != GatewayHostState.Running) return Unavailable(gateway.Failure?.Message);
    var review = await PlanInCode.AddAsync(gateway, id, cancellationToken);
    return review.IsApplied ? Results.NoContent()
        : Results.BadRequest(review.Configuration.Mistakes.Select(mistake => mistake.ToString()));
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

IResult Unavailable(string? reason) =>
    Results.Json(new { state = gateway.State.ToString(), reason }, statusCode: StatusCodes.Status503ServiceUnavailable);
