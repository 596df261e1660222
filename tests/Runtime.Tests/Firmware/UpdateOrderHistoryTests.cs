using CsCheck;

namespace BridgeFramework.Runtime.Tests;

/// <summary>After any sequence of orders, cancellations and retries a step runs, or nothing is left to do or to tell the hub.</summary>
public sealed class UpdateOrderHistoryTests
{
    private const int Histories = 100;
    private const int Witness = Histories + 1;
    private static readonly byte[] Image = [.. Enumerable.Range(0, 1_000).Select(i => (byte)(7 * i))];
    private static readonly string[] Versions = ["0.0.9", "1.0.0", "2.0.0"]; // the first is below what the devices run

    private static readonly Gen<UpdateAct[]> Acts = Gen.Enum<UpdateAct>().Array[1, 10];

    [Fact]
    public async Task The_last_order_of_any_history_is_carried_out_and_answered()
    {
        await using var bench = await FirmwareBench.StartAsync(devices: Witness);
        foreach (string version in Versions) bench.Add(version, [.. Image, (byte)version[0]]);
        int device = 0, witnessed = 0;

        // One device for each history, and no threads: the hub and its connection are shared.
        await Acts.SampleAsync(acts => LiveAsync(++device, acts), iter: Histories, threads: 1, print: acts => string.Join(' ', acts));

        async Task LiveAsync(int number, UpdateAct[] acts)
        {
            string? ordered = null;
            bool isCancelled = false;
            foreach (var act in acts)
            {
                switch (act)
                {
                    case UpdateAct.OrderBelow or UpdateAct.OrderFirst or UpdateAct.OrderSecond:
                        (ordered, isCancelled) = (Versions[(int)act], false);
                        bench.Assign(number, ordered);
                        break;
                    case UpdateAct.Cancel or UpdateAct.Retry:
                        isCancelled |= act == UpdateAct.Cancel;
                        await OrderAsync(act, number);
                        break;
                    case UpdateAct.DeviceGoes: bench[number].SetReady(false); break;
                    case UpdateAct.HubGoes: bench.SetOnline(false); break;
                    default: await SettleAsync(number); break;
                }
            }

            await SettleAsync(number);
            if (ordered is null) return;
            string last = bench.Hub.LastMessage($"m{number}");
            Assert.Contains($"\"{ordered}\"", last, StringComparison.Ordinal);
            Assert.Matches(ordered == Versions[^1] && !isCancelled ? "\"done\"" : "\"done\"|\"fail\"", last);
        }

        // All is there again, so whatever is to be done is done and told.
        async Task SettleAsync(int number)
        {
            bench.SetOnline(true);
            bench[number].SetReady(true);
            bench.Say(Witness, """{"type":"update_firmware","version":"1.0.0","file_size":0}""");
            witnessed++;
            await Step.Of("all orders are taken in", ct => bench.Hub.UntilAsync($"m{Witness}", _ => true, ct, witnessed), bench);
            await bench.Until(
                $"the update of m{number} rests", () => bench.StatusOf(number) is null or { IsReported: true, NextVersion: null });
        }

        async Task OrderAsync(UpdateAct act, int number)
        {
            try
            {
                var token = TestContext.Current.CancellationToken;
                await (act == UpdateAct.Cancel ? bench.Updates.CancelAsync(FirmwareBench.Id(number), token)
                    : bench.Updates.RetryAsync(FirmwareBench.Id(number), token));
            }
            catch (OrderNotPossibleException)
            {
                // Nothing to cancel, nothing that has failed: said so, and nothing changed.
            }
        }
    }
}

/// <summary>What can happen to an update. The orders come first, in the order of their versions.</summary>
internal enum UpdateAct
{
    OrderBelow,
    OrderFirst,
    OrderSecond,
    Cancel,
    Retry,
    DeviceGoes,
    HubGoes,
    Settle,
}
