using System.Globalization;

// Makes args[0] MiB of garbage in pieces of 1 KiB; says how often that was collected, and whether code is compiled by what a profile says.
int pieces = int.Parse(args[0], CultureInfo.InvariantCulture) * 1024;
int before = GC.CollectionCount(generation: 0);
for (int i = 0; i < pieces; i++) GC.KeepAlive(new byte[1024]);
Console.WriteLine($"collections: {GC.CollectionCount(generation: 0) - before}");
Console.WriteLine($"profile: {!AppContext.TryGetSwitch("System.Runtime.TieredPGO", out bool isProfiled) || isProfiled}");
