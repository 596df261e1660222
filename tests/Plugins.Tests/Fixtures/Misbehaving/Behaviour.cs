namespace Fixture.Misbehaving;

internal static class Behaviour
{
    public static string Of(Type type)
    {
        string file = Path.Combine(Path.GetDirectoryName(type.Assembly.Location) ?? "", "behaviour");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}

internal static class Broken
{
    private static readonly int Value = int.Parse("not a number", System.Globalization.CultureInfo.InvariantCulture);

    public static int Touch() => Value;
}
