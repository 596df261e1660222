using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Carries out what gateways ask on <c>$gateway/operation/…</c>.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, Gateway device topology.</remarks>
internal sealed partial class GatewayOperations(
    DeviceRegistry registry, FaultPlan faults, HubEmulatorOptions options, ILogger<GatewayOperations> logger) : ISystemService
{
    private const string Describe = "describe_sub_devices";

    public bool Handles(string topic) => topic.StartsWith("$gateway/operation/", StringComparison.Ordinal);

    public IReadOnlyList<HubAnswer>? Handle(SystemRequest request)
    {
        var gateway = request.Connection.Gateway;
        var message = GatewayRequest.TryRead(request.Payload);
        switch (message?.Type)
        {
            case "online" or "offline" or "bind" or "unbind" when message.Devices is not null:
                return Operate(gateway, message.Type, message.Devices);
            case Describe:
                var fault = faults.TakeFor(gateway, Describe);
                return [Answer(gateway, GatewayAnswer.SubDevices(AnswerType(Describe, fault), registry.BoundTo(gateway)), fault)];
            case "change" or "search_devices" or "unbind_all":
                return [];   // the gateway acknowledges what the console did; nothing depends on it
            default:
                LogUnintelligible(logger, gateway, request.Payload.Length);
                return null;
        }
    }

    private List<HubAnswer> Operate(HubDeviceId gateway, string operation, IReadOnlyList<RequestedDevice> devices)
    {
        var fault = faults.TakeFor(gateway, operation);
        var results = new List<(HubDeviceId Device, int Result)>(devices.Count);
        foreach (var device in devices)
        {
            int result = fault?.Kind is HubFaultKind.ResultCode ? fault.Result : Operate(gateway, operation, device);
            results.Add((device.Id, result));
            if (result == ResultCode.Success) LogDone(logger, device.Id, operation, gateway);
            else LogRefused(logger, device.Id, operation, gateway, result);
        }

        List<HubAnswer> answers = [Answer(gateway, GatewayAnswer.Results(AnswerType(operation, fault), results), fault)];
        if (options.AnnounceOwnChanges && operation is ("bind" or "unbind"))
        {
            answers.AddRange(results.Where(entry => entry.Result == ResultCode.Success)
                .Select(entry => Answer(gateway, GatewayAnswer.Change(entry.Device, bound: operation is "bind"), fault: null)));
        }

        return answers;
    }

    private int Operate(HubDeviceId gateway, string operation, RequestedDevice device)
    {
        if (!device.IsComplete) return ResultCode.ParameterError;
        return operation switch
        {
            "online" => registry.SetOnline(gateway, device.Id, online: true),
            "offline" => registry.SetOnline(gateway, device.Id, online: false),
            "unbind" => registry.Unbind(gateway, device.Id),
            _ => Bind(gateway, device),
        };
    }

    private int Bind(HubDeviceId gateway, RequestedDevice device)
    {
        if (device.Proof is not { } proof) return ResultCode.ParameterError;
        if (registry.FindDevice(device.Id) is not { } subDevice) return ResultCode.UnknownDevice;
        if (!DeviceSignature.IsKnownMethod(proof.Method)) return ResultCode.UnsupportedSignatureMethod;
        long now = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        long tolerance = (long)options.BindClockTolerance.TotalSeconds;
        if (proof.Timestamp < now - tolerance || proof.Timestamp > now + tolerance) return ResultCode.SignatureExpired;
        if (proof.AuthType is not "psk"
            || !DeviceSignature.VerifyBind(subDevice.DeviceSecret, device.Id, proof.Method, proof.Random, proof.Timestamp, proof.Signature))
        {
            return ResultCode.WrongSignature;
        }

        return registry.Bind(gateway, device.Id);
    }

    private static HubAnswer Answer(HubDeviceId gateway, byte[] payload, HubFault? fault) =>
        new(GatewayAnswer.Topic(gateway), payload, fault);

    private static string AnswerType(string operation, HubFault? fault) =>
        fault?.Kind is not HubFaultKind.WrongType ? operation : operation is "online" ? "offline" : "online";

    [LoggerMessage(6101, LogLevel.Information, "{Device} {Operation} by {Gateway}: done")]
    private static partial void LogDone(ILogger logger, HubDeviceId device, string operation, HubDeviceId gateway);

    [LoggerMessage(6102, LogLevel.Warning, "{Device} {Operation} by {Gateway}: refused with {Result}")]
    private static partial void LogRefused(ILogger logger, HubDeviceId device, string operation, HubDeviceId gateway, int result);

    [LoggerMessage(6103, LogLevel.Warning,
        "Gateway {Gateway} sent {Length} bytes on its operation topic that are no request; not answered")]
    private static partial void LogUnintelligible(ILogger logger, HubDeviceId gateway, int length);
}
