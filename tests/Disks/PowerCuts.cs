using BridgeFramework.Files;

namespace BridgeFramework.Disks;

/// <summary>What is done to a disk, and what has to be true of it however that is interrupted.</summary>
/// <param name="Prepare">What is there before, and safe.</param>
/// <param name="Act">What is done.</param>
/// <param name="Check">Looks, as the next process would, whether the old state is there or the new one, whole; where the act had ended, the
/// new one alone. Throws where not.</param>
public sealed record PowerCutScenario(Func<IDisk, Task> Prepare, Func<IDisk, Task> Act, Func<IDisk, bool, Task> Check);

/// <summary>Cuts the power at every step of something, and once it has ended.</summary>
public static class PowerCuts
{
    private const int Chances = 12; // at each step
    private const int Most = 2000; // steps; an act that has more is not under test

    /// <summary>Tries it. What a check throws has where the power was cut in its message.</summary>
    /// <returns>How many steps there were.</returns>
    public static async Task<int> TryAllAsync(PowerCutScenario scenario)
    {
        var prepared = new ForgetfulDisk();
        await scenario.Prepare(prepared.Mount());
        prepared.SyncAll();
        for (int step = 0; step < Most; step++)
        {
            var disk = prepared.Clone();
            bool ended = await RunAsync(disk, scenario.Act, step);
            await CheckAsync(disk, scenario, ended, $"the power was cut after step {step}");
            // Killed there, done again by the next process, and only then the power goes.
            var killed = prepared.Clone();
            await RunAsync(killed, scenario.Act, step);
            killed.Kill();
            await scenario.Act(killed.Mount());
            await CheckAsync(
                killed, scenario, ended: true, $"the process was killed after step {step}, did it again, and the power was cut then");
            if (ended) return step;
        }

        throw new InvalidOperationException($"It does not end within {Most} steps.");
    }

    private static async Task<bool> RunAsync(ForgetfulDisk disk, Func<IDisk, Task> act, int steps)
    {
        disk.CutAfter(steps);
        try
        {
            await act(disk.Mount());
            return !disk.IsCut;
        }
        catch (PowerCutException)
        {
            return false;
        }
    }

    private static async Task CheckAsync(ForgetfulDisk disk, PowerCutScenario scenario, bool ended, string where)
    {
        Survival[] all =
            [Survival.Nothing, Survival.Everything, .. Enumerable.Range(0, Chances).Select(seed => Survival.Chance(new Random(seed)))];
        for (int chance = 0; chance < all.Length; chance++)
        {
            var left = disk.Clone();
            left.PowerLoss(all[chance]);
            try
            {
                await scenario.Check(left.Mount(), ended);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"{where} (chance {chance}; it had {(ended ? "" : "not ")}ended): {exception.Message}", exception);
            }
        }
    }
}
