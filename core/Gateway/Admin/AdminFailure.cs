using BridgeFramework.IotHub;
using BridgeFramework.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>Turns what went wrong with a request into words for an operator. No exception leaves the socket.</summary>
internal static partial class AdminFailure
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked is gone.
        }
        catch (Exception exception)
        {
            var (status, error) = Of(exception);
            if (status == StatusCodes.Status500InternalServerError) LogFailed(logger, exception, context.Request.Path);
            if (context.Response.HasStarted) return;
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(error, AdminJson.Default.AdminError, cancellationToken: context.RequestAborted);
        }
    }

    private static (int Status, AdminError Error) Of(Exception exception) => exception switch
    {
        AdminException { Error: var error } => (StatusCodes.Status409Conflict, error),
        UnknownSubDeviceException => (StatusCodes.Status404NotFound, new AdminError(AdminError.UnknownDevice, exception.Message)),
        UnknownPluginException => (StatusCodes.Status404NotFound, new AdminError(AdminError.UnknownPlugin, exception.Message)),
        OrderNotPossibleException or PluginOrderException =>
            (StatusCodes.Status409Conflict, new AdminError(AdminError.NotPossible, exception.Message)),
        GatewayOperationException refused => (StatusCodes.Status409Conflict, new AdminError(AdminError.HubRefused, InWords(refused))),
        HubOfflineException => (StatusCodes.Status503ServiceUnavailable, new AdminError(
            AdminError.HubOffline, "There is no connection to the hub: 'bridge status' says why.")),
        TimeoutException or OperationCanceledException => (StatusCodes.Status504GatewayTimeout, new AdminError(AdminError.HubSilent,
            "The hub has not answered yet, and what it did is not known: try again, or see 'bridge hub list'.")),
        _ => (StatusCodes.Status500InternalServerError, new AdminError(
            AdminError.Internal, $"The gateway failed at this, and its log says where ({exception.GetType().Name}). Please report it.")),
    };

    private static string InWords(GatewayOperationException refused) => refused.Code switch
    {
        GatewayResultCode.NotBound => $"{refused.Device} is not bound to this gateway: 'bridge device bind {refused.Device}' binds it.",
        // What is ordered by hand nobody tries again by himself.
        GatewayResultCode.SystemError =>
            $"The hub failed at it (code {GatewayResultCode.SystemError}, system error at the hub), and nothing has changed: try again.",
        _ => refused.Message,
    };

    [LoggerMessage(5010, LogLevel.Error, "Request {Path} of an operator failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);
}
