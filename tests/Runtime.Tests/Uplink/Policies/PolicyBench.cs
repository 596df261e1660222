using System.Globalization;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A policy over one point, "x", that has settings and one, "free", that has none; and the books of what it did.</summary>
internal sealed class PolicyBench
{
    private readonly ReportPolicy _policy;

    public PolicyBench(ReportSettings settings, TimeSpan? badInterval = null)
    {
        _policy = Create(badInterval ?? TestUplink.BadInterval, Configured("x", settings), Configured("free", null));
        _policy.SetPoints([X, Free]);
    }

    public static PointDefinition X { get; } = new() { Name = "x", At = new object() };

    public static PointDefinition Free { get; } = new() { Name = "free", At = new object() };

    public ReportPolicy Policy => _policy;

    public long Now { get; set; }

    /// <summary>Makes a policy of points and an interval that leave it something to decide.</summary>
    public static ReportPolicy Create(TimeSpan badInterval, params IReadOnlyList<PointPlan> points) =>
        ReportPolicy.Create(points, badInterval) ?? throw new InvalidOperationException("Every value goes.");

    public static PointPlan Configured(string name, ReportSettings? settings) =>
        new() { Name = name, At = System.Text.Json.JsonElement.Parse("{}"), Report = settings };

    /// <summary>Whether the value goes.</summary>
    public bool Report(PointValue value)
    {
        var keep = new PointValue[1];
        return _policy.Filter([value], Now, keep) == 1;
    }

    public bool Report(double value) => Report(new PointValue(X, Variant.From(value)));

    public bool Report(Quality quality) => Report(new PointValue(X, quality));

    /// <summary>Plays steps <c>time:value</c> of a point, and gives them with a <c>!</c> behind those that go.</summary>
    public string Play(PointDefinition point, string history)
    {
        var seen = new List<string>();
        foreach (string step in history.Split(' ').Select(step => step.TrimEnd('!')))
        {
            var (time, value) = (step[..step.IndexOf(':')], step[(step.IndexOf(':') + 1)..]);
            Now = long.Parse(time, CultureInfo.InvariantCulture);
            bool goes = Report(value == "good"
                ? new PointValue(point, Variant.From(1.0))
                : new PointValue(point, Enum.Parse<Quality>(value, ignoreCase: true)));
            seen.Add(goes ? step + "!" : step);
        }

        return string.Join(' ', seen);
    }

    public IReadOnlyList<DueValue> TakeDue()
    {
        var due = new DueValue[4];
        return due[.._policy.TakeDue(Now, due)];
    }
}
