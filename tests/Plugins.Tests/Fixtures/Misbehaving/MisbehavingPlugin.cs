using BridgeFramework;

namespace Fixture.Misbehaving;

/// <summary>Does what the file <c>behaviour</c> beside it says.</summary>
public sealed class MisbehavingPlugin : IBridgePlugin
{
    private readonly string _behaviour = Behaviour.Of(typeof(MisbehavingPlugin));

    public MisbehavingPlugin()
    {
        if (_behaviour == "constructor throws") throw new InvalidOperationException("the constructor's reason.");
        if (_behaviour == "static constructor throws") Broken.Touch();
    }

    public void Configure(IPluginBuilder builder)
    {
        switch (_behaviour)
        {
            case "configure throws": throw new InvalidOperationException("the reason of Configure.");
            case "configure hangs":
                (AppContext.GetData("Fixture.Configuring") as Action)?.Invoke();
                using (var never = new ManualResetEventSlim()) never.Wait(CancellationToken.None);
                break;
            case "configure waits":
                (AppContext.GetData("Fixture.Configuring") as Action)?.Invoke();
                (AppContext.GetData("Fixture.Gate") as ManualResetEventSlim)?.Wait(CancellationToken.None);
                goto default;
            case "configure computes":
                (AppContext.GetData("Fixture.Configuring") as Action)?.Invoke();
                while (AppContext.GetData("Fixture.Gate") is ManualResetEventSlim { IsSet: false })
                {
                    // That it does nothing is its mistake.
                }

                goto default;
            case "thread in Configure throws":
                var thread = new Thread(() => throw new InvalidOperationException("nobody catches this"));
                thread.Start();
                thread.Join();
                using (var never = new ManualResetEventSlim()) never.Wait(CancellationToken.None);
                break;
            case "no driver": return;
            case "undeclared capability": Add<DriverWithActions>(builder, "misbehaving"); break;
            case "offers what it cannot give": Add<MisbehavingDriver>(builder, "misbehaving", offersFirmware: true); break;
            default:
                Add<MisbehavingDriver>(builder, _behaviour.StartsWith("name ", StringComparison.Ordinal) ? _behaviour[5..]
                : "misbehaving"); break;
        }
    }

    private static void Add<TDriver>(IPluginBuilder builder, string name, bool offersFirmware = false)
        where TDriver : class, ISubDeviceDriver =>
        builder.AddDriver<TDriver, NoSettings, NoSettings, NoSettings>(
            new DriverInfo { Name = name, Description = "Misbehaves.", OffersFirmware = offersFirmware },
            MisbehavingJson.Default.NoSettings,
            MisbehavingJson.Default.NoSettings,
            MisbehavingJson.Default.NoSettings);
}
