using System.Globalization;

namespace BridgeFramework.Benchmarks;

/// <summary>Least, middle and most of several numbers. Shows how far one run may be trusted, which a mean hides.</summary>
internal readonly record struct Spread(double Min, double Median, double Max)
{
    public static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[^1]);
    }

    public string Show(string format) => $"{Show(Min, format),10} {Show(Median, format),10} {Show(Max, format),10}";

    private static string Show(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
