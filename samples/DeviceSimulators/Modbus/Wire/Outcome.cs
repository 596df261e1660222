namespace BridgeFramework.DeviceSimulators;

/// <summary>What came of a request: an answer of so many bytes, or a refusal.</summary>
internal readonly record struct Outcome(int Length, ModbusExceptionCode? Refusal)
{
    public static implicit operator Outcome(int length) => new(length, null);

    public static implicit operator Outcome(ModbusExceptionCode refusal) => new(0, refusal);
}
