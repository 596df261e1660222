using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.Benchmarks;

/// <summary>What the resident memory of a gateway is made of, MB.</summary>
/// <param name="Contexts">How many plugins have their code in it.</param>
/// <param name="Heap">Objects, garbage included.</param>
/// <param name="Code">What was compiled while it ran.</param>
/// <param name="Files">Pages of assemblies and libraries.</param>
/// <param name="Resident">All of it.</param>
internal sealed record MemoryUse(int Contexts, double Heap, double Code, double Files, double Resident)
{
    private const double Megabyte = 1_000_000;
    private const double Kilobyte = 1024;

    /// <param name="process">The gateway's process.</param>
    /// <param name="bridge">The arguments of <c>dotnet</c> that ask it for its status as JSON.</param>
    public static async Task<MemoryUse> ReadAsync(int process, IReadOnlyList<string> bridge)
    {
        var start = new ProcessStartInfo("dotnet", bridge) { RedirectStandardOutput = true, UseShellExecute = false };
        using var asked = Process.Start(start) ?? throw new InvalidOperationException("'bridge status' did not start.");
        string json = await asked.StandardOutput.ReadToEndAsync();
        await asked.WaitForExitAsync();
        var status = JsonElement.Parse(json).GetProperty("process");
        var (code, files, all) = Mapped(process);
        return new MemoryUse(
            status.GetProperty("loadContexts").GetInt32(), status.GetProperty("heapBytes").GetInt64() / Megabyte, code, files, all);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Heap,6:0.0}  {Code,6:0.0}  {Files,7:0.0}  {Resident - Heap - Code - Files,6:0.0}  {Resident,10:0.0}");

    /// <remarks>Source: proc_pid_smaps(5).</remarks>
    private static (double Code, double Files, double All) Mapped(int process)
    {
        double code = 0, files = 0, all = 0;
        string name = "";
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/smaps")))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!fields[0].EndsWith(':'))
            {
                name = fields.Length > 5 ? fields[5] : "";
                continue;
            }

            if (fields[0] != "Rss:") continue;
            double resident = double.Parse(fields[1], CultureInfo.InvariantCulture) * Kilobyte / Megabyte;
            all += resident;
            if (name.StartsWith("/memfd:doublemapper", StringComparison.Ordinal)) code += resident;
            else if (name.StartsWith('/')) files += resident;
        }

        return (code, files, all);
    }
}
