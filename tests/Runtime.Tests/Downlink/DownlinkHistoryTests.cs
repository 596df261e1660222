using System.Globalization;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Random histories of commands, drivers, connections, disks, changed configurations, kills and power cuts. BRIDGE_HISTORIES
/// sets how many (default 2000).</summary>
public sealed class DownlinkHistoryTests
{
    private static readonly SubDeviceId[] Devices = [SubDeviceId.Parse("SUBPROD001/m1"), SubDeviceId.Parse("SUBPROD001/m2")];

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("BRIDGE_HISTORIES"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count : 2000;

    [Fact]
    public void Whatever_happens_no_command_is_carried_out_twice_and_each_has_one_outcome_that_arrives() =>
        Gen.Select(Gen.Int, Gen.Byte.Array[1, 200]).Sample(
            history => Live(new Random(history.Item1), history.Item2), iter: Count, threads: 1);

    private static void Live(Random random, byte[] events)
    {
        var oracle = new DownlinkOracle();
        var life = Start(new SimulatedDisk());
        foreach (byte happens in events)
        {
            switch (happens % 28)
            {
                case < 5:
                    var device = Devices[random.Next(Devices.Length)];
                    string id = $"c{random.Next(12)}";
                    oracle.Send(device, id);
                    life.Send(device, id, random.Next(4) == 0 ? TimeSpan.FromSeconds(random.Next(5)) : null);
                    break;
                case < 9:
                    life.Run(random.Next(1, 12));
                    break;
                case < 12:
                    if (life.Calls.Count > 0) life.Answer(random.Next(life.Calls.Count), (CommandOutcome)random.Next(5));
                    break;
                case < 14:
                    life.Do(() => life.Disk.Go(fail: random.Next(6) == 0));
                    break;
                case < 16:
                    if (life.Publishes.Count == 0) break;
                    if (random.Next(3) == 0) life.Fail(random.Next(life.Publishes.Count));
                    else life.Acknowledge(random.Next(life.Publishes.Count));
                    break;
                case 16:
                    var flaps = Devices[random.Next(Devices.Length)];
                    life.SetOnline(flaps, !life.IsOnline(flaps));
                    break;
                case 17:
                    life.Connection++;
                    while (life.Publishes.Count > 0) life.Fail(0);
                    break;
                case 18:
                    life.Step(life.Time.Now + TimeSpan.FromSeconds(random.Next(10)));
                    break;
                case 19:
                    life.Time.Jump(TimeSpan.FromDays(random.Next(-2, 3)));
                    break;
                case 20:
                    life.Disk.IsSlow = !life.Disk.IsSlow;
                    break;
                case 21:
                    life.Disk.Fails = random.Next(3) == 0;
                    break;
                case 22 or 23:
                    ApplyAny();
                    break;
                case 24:
                    life.Forget(Devices[random.Next(Devices.Length)]);
                    break;
                case 25:
                    life = Start(life.Disk.Killed(random));
                    break;
                default:
                    life = Start(life.Disk.Unpowered(random));
                    break;
            }
        }

        life.Disk.Fails = false;
        ApplyAny(); // who leaves has its replies sent, too
        life.Settle(Devices);
        oracle.CheckPromises();
        CheckNothingWaits();
        oracle.CheckTold();

        // A sender that has heard nothing sends again, and so does one that has.
        life = Start(life.Disk.Unpowered(random));
        foreach (var (device, id) in oracle.Sent)
        {
            life.Send(device, id, expiry: null);
            life.Settle(Devices);
        }

        oracle.CheckPromises();
        CheckNothingWaits();
        oracle.CheckAllTold();

        DownlinkLife Start(SimulatedDisk disk)
        {
            var next = new DownlinkLife(disk, Devices, oracle);
            foreach (var device in Devices) next.SetOnline(device, isOnline: true);
            return next;
        }

        void ApplyAny() => life.Apply(
            [.. Devices.Where(_ => random.Next(3) > 0)
                .Select(device => life.RouteOf(device, channel: random.Next(4) is var n and < 2 ? n : null, topics: $"{random.Next(2)}"))]);

        void CheckNothingWaits()
        {
            Assert.Equal(
                (0, 0, 0, null),
                (life.Status.CommandsWaiting, life.Status.CommandsUnderWay, life.Status.RepliesWaiting, life.Status.Trouble));
            Assert.DoesNotContain(Devices, life.HasReplies);
            Assert.False(life.Running.IsCompleted, "the router gave up");
        }
    }
}
