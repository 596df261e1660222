using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Hears on <c>$ota/report/…</c> what versions devices run and how far upgrades are; tells them of unfinished tasks.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, Firmware upgrade.</remarks>
internal sealed partial class FirmwareService(
    DeviceRegistry registry, FirmwareStore store, FirmwareUrls urls, FaultPlan faults, ILogger<FirmwareService> logger) : ISystemService
{
    private const string ReportVersion = "report_version";
    private const string UpdateFirmware = "update_firmware";

    public bool Handles(string topic) => topic.StartsWith("$ota/report/", StringComparison.Ordinal);

    public IReadOnlyList<HubAnswer>? Handle(SystemRequest request)
    {
        switch (FirmwareReport.TryRead(request.Payload))
        {
            case FirmwareVersionReport report:
                return NoteVersion(request.Connection.Gateway, request.Device, report.Version);
            case FirmwareProgressReport report:
                NoteProgress(request.Device, report);
                return [];
            default:
                LogUnintelligible(logger, request.Device, request.Payload.Length);
                return null;
        }
    }

    /// <summary>The message that tells a device of its task; the task counts it.</summary>
    /// <returns><see langword="null"/> when there is nothing to tell.</returns>
    public byte[]? TryPush(HubDeviceId device, string type = UpdateFirmware)
    {
        if (store.FindTask(device) is not { IsFinished: false } task || store.FindImage(device.ProductId, task.Version) is not { } image)
            return null;
        store.Change(device, now => now with { Pushes = now.Pushes + 1 });
        LogPushed(logger, device, task.Version);
        return FirmwareMessage.Update(type, image.Size, image.Md5, urls.Create(image), image.Version);
    }

    private List<HubAnswer> NoteVersion(HubDeviceId gateway, HubDeviceId device, string version)
    {
        registry.SetFirmwareVersion(device, version);
        LogVersion(logger, device, version);
        var fault = faults.TakeFor(gateway, ReportVersion);
        int result = fault?.Kind is HubFaultKind.ResultCode ? fault.Result : ResultCode.Success;
        string type = fault?.Kind is HubFaultKind.WrongType ? UpdateFirmware : "report_version_rsp";
        List<HubAnswer> answers = [new(FirmwareMessage.Topic(device), FirmwareMessage.VersionNoted(type, version, result), fault)];
        // In one burst with the answer: this is how an upgrade goes on after an interruption.
        if (store.FindTask(device) is { IsFinished: false } task && !task.IsTo(version))
        {
            var pushFault = faults.TakeFor(gateway, UpdateFirmware);
            if (TryPush(device, pushFault?.Kind is HubFaultKind.WrongType ? "report_version_rsp" : UpdateFirmware) is { } push)
                answers.Add(new HubAnswer(FirmwareMessage.Topic(device), push, pushFault));
        }

        return answers;
    }

    private void NoteProgress(HubDeviceId device, FirmwareProgressReport report)
    {
        if (FindTaskOf(device, report.Version) is not { } owner)
        {
            LogNobodysProgress(logger, device, report.Version);
            return;
        }

        var before = store.FindTask(owner);
        if (store.Change(owner, task => task.After(report)) is { } after && after.State != before?.State)
            LogState(logger, owner, after.Version, after.State, after.ResultCode);
    }

    /// <summary>The official Java SDK reports the download of a sub-device on the topic of its gateway.</summary>
    private HubDeviceId? FindTaskOf(HubDeviceId device, string version)
    {
        if (IsUpgrading(device)) return device;
        return registry.BoundTo(device).Where(IsUpgrading).ToList() is [var only] ? only : null;

        bool IsUpgrading(HubDeviceId candidate) => store.FindTask(candidate) is { IsFinished: false } task && task.IsTo(version);
    }

    [LoggerMessage(6301, LogLevel.Information, "{Device} runs firmware {Version}")]
    private static partial void LogVersion(ILogger logger, HubDeviceId device, string version);

    [LoggerMessage(6302, LogLevel.Information, "{Device} is told to upgrade to {Version}")]
    private static partial void LogPushed(ILogger logger, HubDeviceId device, string version);

    [LoggerMessage(6303, LogLevel.Information, "{Device} upgrade to {Version}: {State}, result {Result}")]
    private static partial void LogState(ILogger logger, HubDeviceId device, string version, FirmwareTaskState state, int result);

    [LoggerMessage(6304, LogLevel.Debug, "{Device} reports progress to {Version}, for which there is no unfinished task; ignored")]
    private static partial void LogNobodysProgress(ILogger logger, HubDeviceId device, string version);

    [LoggerMessage(6305, LogLevel.Warning, "{Length} bytes on the firmware topic of {Device} are no report; not answered")]
    private static partial void LogUnintelligible(ILogger logger, HubDeviceId device, int length);
}
