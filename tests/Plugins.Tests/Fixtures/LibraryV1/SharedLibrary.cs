namespace Fixture.Libraries;

/// <summary>A library that the host has in version 1 and a plugin in version 2.</summary>
public static class SharedLibrary
{
    public static string Version => typeof(SharedLibrary).Assembly.GetName().Version?.ToString(1) ?? "";
}
