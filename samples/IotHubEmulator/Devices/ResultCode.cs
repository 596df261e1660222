namespace BridgeFramework.IotHubEmulator;

/// <summary>The results of gateway operations.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, Gateway device topology, error codes.</remarks>
internal static class ResultCode
{
    public const int Success = 0;
    public const int NotBound = -1;
    public const int SystemError = -2;
    public const int ParameterError = 801;
    public const int UnknownDevice = 802;
    public const int WrongSignature = 803;
    public const int UnsupportedSignatureMethod = 804;
    public const int SignatureExpired = 805;
    public const int BoundElsewhere = 806;
    public const int NotASubDevice = 807;
    public const int AlreadyBound = 809;
}
