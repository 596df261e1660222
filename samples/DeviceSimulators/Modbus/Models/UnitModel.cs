using System.Globalization;

namespace BridgeFramework.DeviceSimulators;

/// <summary>One or more units with the same points.</summary>
public sealed record UnitModel
{
    /// <summary>A unit id, 0..255, or a range: <c>"9"</c>, <c>"1..3"</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Identification objects by hexadecimal id: <c>{ "00": "vendor", "01": "product" }</c>.</summary>
    public IReadOnlyDictionary<string, string> Identification { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Points in coils, one bit each.</summary>
    public IReadOnlyList<BitModel> Coils { get; set; } = [];

    /// <summary>Points in discrete inputs, one bit each.</summary>
    public IReadOnlyList<BitModel> DiscreteInputs { get; set; } = [];

    /// <summary>Points in input registers.</summary>
    public IReadOnlyList<RegisterModel> Input { get; set; } = [];

    /// <summary>Points in holding registers.</summary>
    public IReadOnlyList<RegisterModel> Holding { get; set; } = [];

    /// <summary>Lets the units be given firmware; left out, they cannot.</summary>
    public FirmwareOptions? Firmware { get; set; }

    internal void Check()
    {
        Range();
        foreach (string key in Identification.Keys) ObjectId(key);
        foreach (var point in Input.Concat(Holding)) point.Check(Id);
        if (Firmware?.FindMistake() is { } mistake) throw new FormatException($"units {Id}, \"firmware\": {mistake}.");
    }

    internal void ApplyTo(ModbusSlave slave)
    {
        var (first, last) = Range();
        for (int id = first; id <= last; id++)
        {
            var unit = slave.AddUnit((byte)id);
            foreach (var (key, value) in Identification) unit.Identify(ObjectId(key), value);
            foreach (var bit in Coils) unit.Coils[bit.Address] = bit.Value;
            foreach (var bit in DiscreteInputs) unit.DiscreteInputs[bit.Address] = bit.Value;
            foreach (var point in Input) point.ApplyTo(unit, unit.Input);
            foreach (var point in Holding) point.ApplyTo(unit, unit.Holding);
            if (Firmware is not null) unit.AddFirmware(Firmware);
        }
    }

    private (byte First, byte Last) Range()
    {
        string[] ends = Id.Split("..");
        return ends.Length is 1 or 2
            && byte.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte first)
            && byte.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out byte last)
            && first <= last
            ? (first, last)
            : throw new FormatException($"\"id\": \"{Id}\" is no unit: expected a number 0..255 as \"9\" or a range as \"1..3\".");
    }

    private byte ObjectId(string key) => byte.TryParse(key, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte id)
        ? id
        : throw new FormatException(
            $"units {Id}: \"identification\": \"{key}\" is no object id: expected two hexadecimal digits as \"00\".");
}
