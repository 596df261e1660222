using System.Buffers;
using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Gives a plan that a program has made the form that one from files has, so that drivers check their parts of it
/// likewise.</summary>
internal static class PlanInCode
{
    /// <summary>What mistakes call it, in the place of a file.</summary>
    public const string Name = "plan";

    /// <param name="plan">The plan.</param>
    /// <param name="environment">The environment of the process.</param>
    public static ConfigurationResult Of(GatewayPlan plan, IReadOnlyDictionary<string, string> environment)
    {
        var mistakes = new List<ConfigurationMistake>();
        var zone = GatewayZone.Here(environment);
        // What the program has written twice would not come to be in a tree.
        AddTwice(plan.Channels.Select(channel => channel.Name), "channel", mistakes);
        AddTwice(plan.SubDevices.Select(device => device.Id.ToString()), "sub-device", mistakes);
        var tree = JsonTreeReader.Read(Name, Write(plan), mistakes);
        if (tree is not null) new SchemaValidator(mistakes).Validate(tree, GatewaySchema.Root);
        return new ConfigurationResult(
            mistakes.TrueForAll(mistake => mistake.IsWarning) ? plan : null,
            mistakes,
            tree is null ? null : new ConfigurationSource(tree, tree, zone),
            new ConfigurationFiles(new ConfigurationPlace(Path.Combine(plan.Data.Folder, Name), [], environment, zone), []))
        {
            ExposurePolicy = ExposurePolicies.Of(tree?["hub"], environment),
        };
    }

    private static void AddTwice(IEnumerable<string> names, string what, List<ConfigurationMistake> mistakes)
    {
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()))
            mistakes.Add(new ConfigurationMistake { File = Name, Message = $"the {what} {twice.Key} is in it more than once." });
    }

    private static ReadOnlyMemory<byte> Write(GatewayPlan plan)
    {
        var text = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        Write(json, "hub", plan.Hub);
        Write(json, "data", plan.Data);
        Write(json, "plugins", plan.Plugins);
        Write(json, "uplink", plan.Uplink);
        Write(json, "firmware", plan.Firmware);
        json.WriteStartObject("channels");
        foreach (var channel in plan.Channels.DistinctBy(channel => channel.Name, StringComparer.Ordinal)) Write(json, channel);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return text.WrittenMemory;
    }

    /// <summary>Writes the settings of a section that have a range: numbers, durations, words and texts, by their names in
    /// <c>bridge.json</c>.</summary>
    private static void Write(Utf8JsonWriter json, string section, object settings)
    {
        json.WriteStartObject(section);
        foreach (var property in settings.GetType().GetProperties().Where(property => property.CanWrite))
        {
            string name = property.Name is nameof(HubSettings.DeviceInfoFile) ? "deviceInfo"
                : JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            switch (property.GetValue(settings))
            {
                case bool truth: json.WriteBoolean(name, truth); break;
                case int number: json.WriteNumber(name, number); break;
                case long number: json.WriteNumber(name, number); break;
                case double number: json.WriteNumber(name, number); break;
                case TimeSpan duration: json.WriteString(name, DurationJsonConverter.Format(duration)); break;
                case Enum word: json.WriteString(name, JsonNamingPolicy.CamelCase.ConvertName(word.ToString())); break;
                case string text: json.WriteString(name, text); break;
                case Uri address: json.WriteString(name, address.AbsoluteUri); break;
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ChannelPlan channel)
    {
        json.WriteStartObject(channel.Name);
        json.WriteString("driver", channel.Driver);
        Write(json, "settings", channel.Settings);
        json.WriteStartArray("devices");
        foreach (var device in channel.Devices)
        {
            json.WriteStartObject();
            json.WriteString("id", device.Id.ToString());
            Write(json, "settings", device.Settings);
            json.WriteStartObject("points");
            foreach (var point in device.Points)
            {
                json.WriteStartObject(point.Name);
                Write(json, "at", point.At);
                json.WriteString("access", JsonNamingPolicy.CamelCase.ConvertName(point.Access.ToString()));
                json.WriteString("interval", DurationJsonConverter.Format(point.Interval));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
