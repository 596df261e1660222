using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A policy over one point, "x", that has settings and one, "free", that has none; and the books of what it did.</summary>
internal sealed class PolicyBench
{
    private readonly ReportPolicy _policy;

    public PolicyBench(ReportSettings settings)
    {
        _policy = ReportPolicy.Create([Configured("x", settings), Configured("free", null)])!;   // ! a test with settings that filter
        _policy.SetPoints([X, Free]);
    }

    public static PointDefinition X { get; } = new() { Name = "x", At = new object() };

    public static PointDefinition Free { get; } = new() { Name = "free", At = new object() };

    public ReportPolicy Policy => _policy;

    public long Now { get; set; }

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

    public IReadOnlyList<DueValue> TakeDue()
    {
        var due = new DueValue[4];
        return due[.._policy.TakeDue(Now, due)];
    }
}
