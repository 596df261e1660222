using System.Text.Json;

namespace BridgeFramework.DeviceSimulators;

/// <summary>What a slave simulates, as a file tells it: units, their points and how these move.</summary>
/// <remarks>JSON with comments and trailing commas; a key that is not known is a mistake.</remarks>
public sealed record ModbusModel
{
    private const string DefaultResource = "meters.json";

    /// <summary>Groups of units that are alike.</summary>
    public required IReadOnlyList<UnitModel> Units { get; init; }

    /// <summary>Meters at units 1 to 3 and a thermometer at unit 9, as in <c>meters.json</c> beside this source.</summary>
    public static ModbusModel Default
    {
        get
        {
            using var stream = typeof(ModbusModel).Assembly.GetManifestResourceStream(DefaultResource)
                ?? throw new InvalidOperationException($"The program was built without its resource {DefaultResource}.");
            using var reader = new StreamReader(stream);
            return Parse(reader.ReadToEnd(), DefaultResource);
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it is from, for messages.</param>
    /// <exception cref="FormatException">Says where the mistake is and what was expected.</exception>
    public static ModbusModel Parse(string json, string source)
    {
        try
        {
            var model = JsonSerializer.Deserialize(json, ModelJson.Default.ModbusModel)
                ?? throw new FormatException($"{source}: the file says null; expected an object with \"units\".");
            foreach (var unit in model.Units) unit.Check();
            return model;
        }
        catch (JsonException error)
        {
            throw new FormatException(
                $"{source}({error.LineNumber + 1},{error.BytePositionInLine + 1}): {error.Path}: {error.Message}", error);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{source}: {error.Message}", error);
        }
    }

    /// <summary>Adds the units to a slave.</summary>
    /// <exception cref="InvalidOperationException">A unit exists already.</exception>
    public void ApplyTo(ModbusSlave slave)
    {
        foreach (var unit in Units) unit.ApplyTo(slave);
    }
}
