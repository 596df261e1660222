using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Testing;

/// <summary>Makes sub-devices for tests, from C# or from JSON as it stands in <c>bridge.json</c>.</summary>
public static class TestDevice
{
    private static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Makes a sub-device.</summary>
    /// <param name="id">Such as <c>PROD/meter1</c>.</param>
    /// <param name="settings">The driver's settings of it.</param>
    /// <param name="points">Its points; see <see cref="Point"/>.</param>
    public static SubDevice Create(string id, object settings, params IReadOnlyList<PointDefinition> points) =>
        new() { Id = SubDeviceId.Parse(id), Settings = settings, Points = points };

    /// <summary>Makes a point.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="at">Where it lives, of the driver's own type.</param>
    /// <param name="access">What may be done with it.</param>
    /// <param name="interval">How often it is wanted; 1 s where not given.</param>
    public static PointDefinition Point(string name, object at, PointAccess access = PointAccess.Read, TimeSpan? interval = null) =>
        new() { Name = name, At = at, Access = access, Interval = interval ?? TimeSpan.FromSeconds(1) };

    /// <summary>
    /// Makes a sub-device of JSON: <c>{ "id": "PROD/meter1", "settings": {…}, "interval": "1s", "points": { "voltage": { "at": {…},
    /// "unit": "V", "access": "readWrite", "interval": "10s" } } }</c>.
    /// </summary>
    /// <typeparam name="TDevice">The driver's settings of a sub-device.</typeparam>
    /// <typeparam name="TPoint">The driver's <c>at</c>.</typeparam>
    /// <param name="json">The JSON; comments and trailing commas are allowed.</param>
    /// <param name="device">How the settings are read.</param>
    /// <param name="point">How an <c>at</c> is read.</param>
    /// <exception cref="JsonException">The settings or an <c>at</c> have a mistake.</exception>
    /// <exception cref="FormatException">An id, an interval or an access is not of its form.</exception>
    public static SubDevice FromJson<TDevice, TPoint>(string json, JsonTypeInfo<TDevice> device, JsonTypeInfo<TPoint> point)
        where TDevice : class
        where TPoint : class
    {
        using var document = JsonDocument.Parse(json, Relaxed);
        var root = document.RootElement;
        var interval = Interval(root) ?? TimeSpan.FromSeconds(1);
        List<PointDefinition> points = [];
        if (root.TryGetProperty("points", out var all))
        {
#pragma warning disable IDISP004 // foreach disposes the enumerator.
            foreach (var one in all.EnumerateObject())
#pragma warning restore IDISP004
            {
                points.Add(new PointDefinition
                {
                    Name = one.Name,
                    At = Read(one.Value.GetProperty("at"), point),
                    Unit = one.Value.TryGetProperty("unit", out var unit) ? unit.GetString() : null,
                    Access = one.Value.TryGetProperty("access", out var access) ? Access(access.GetString()) : PointAccess.Read,
                    Interval = Interval(one.Value) ?? interval,
                });
            }
        }

        string settings = root.TryGetProperty("settings", out var given) ? given.GetRawText() : "{}";
        return new SubDevice
        {
            Id = SubDeviceId.Parse(root.GetProperty("id").GetString() ?? ""),
            Settings = JsonSerializer.Deserialize(settings, device) ?? throw new JsonException("'settings' is null."),
            Points = points,
        };
    }

    private static TPoint Read<TPoint>(JsonElement element, JsonTypeInfo<TPoint> type)
        where TPoint : class => element.Deserialize(type) ?? throw new JsonException("'at' is null.");

    private static TimeSpan? Interval(JsonElement element)
    {
        if (!element.TryGetProperty("interval", out var text)) return null;
        return DurationJsonConverter.TryParse(text.GetString(), out var interval)
            ? interval
            : throw new FormatException($"'{text.GetString()}' is no interval: expected a duration such as \"1s\".");
    }

    private static PointAccess Access(string? text) => text switch
    {
        "read" => PointAccess.Read,
        "readWrite" => PointAccess.ReadWrite,
        "write" => PointAccess.Write,
        _ => throw new FormatException($"'{text}' is no access: read, readWrite or write."),
    };
}
