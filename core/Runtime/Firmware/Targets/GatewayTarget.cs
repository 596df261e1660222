using System.ComponentModel;
using System.Diagnostics;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>The gateway itself: a command that its operator has configured installs the image. It is run as
/// it stands, without a shell.</summary>
/// <param name="command">The program and its arguments, to begin with; empty for none.</param>
/// <param name="folder">Where it is run: nobody else's, and empty when it begins.</param>
/// <param name="version">The version that the gateway runs.</param>
/// <param name="time">The clock.</param>
internal sealed class GatewayTarget(IReadOnlyList<string> command, PrivateFolder folder, string version, TimeProvider time) : IUpdateTarget
{
    /// <summary>How long the command may take.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);

    private const string NoCommand = "This gateway does not update itself: its operator has configured no 'firmware.gatewayCommand'.";

    private volatile IReadOnlyList<string> _command = command;

    public string Channel => "";

    public int Concurrency => 1;

    public string PolicyPath => "firmware.gateway";

    public string? Obstacle => _command.Count == 0 ? NoCommand : null;

    /// <inheritdoc/>
    /// <remarks>The version that was started in place of the old one is not kept from saying so until the next window.</remarks>
    public bool LookSettles => true;

    /// <summary>This command from now on. One that runs goes on.</summary>
    public void Become(IReadOnlyList<string> words) => _command = words;

    public Task UntilReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The command has had the gateway or the whole box restarted.</summary>
    public Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken) => Task.FromResult(TimeSpan.FromMinutes(5));

    public Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new FirmwareAnswer(new FirmwareStatus { State = FirmwareState.Idle, Version = version }));

    /// <summary>The gateway ended while the command ran, most likely by the command. Where that has brought another version, nobody looks
    /// at the rest of this.</summary>
    public Task<FirmwareAnswer> LookAsync(CancellationToken cancellationToken) => Task.FromResult(new FirmwareAnswer(new FirmwareStatus
    {
        State = FirmwareState.Failed,
        Version = version,
        Reason = $"the gateway ended while 'firmware.gatewayCommand' ran, and still runs {version}",
    }));

    public async Task<HandOver> UpdateAsync(StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var words = _command;
        if (words.Count == 0) return new HandOver(HandOverOutcome.Rejected, NoCommand);
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var process = await OwnThread.RunAsync(() => Start(words, image));
            progress.Report(new FirmwareProgress { Stage = FirmwareStage.Activating, BytesAcknowledged = image.Size });
            await process.WaitForExitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (process.HasExited)
            {
                return process.ExitCode == 0
                    ? new HandOver(HandOverOutcome.Taken)
                    : new HandOver(HandOverOutcome.Failed,
                        $"'{words[0]}' ended with exit code {process.ExitCode}; what it said is in the gateway's output.");
            }

            // Half of an installation is worse than one that nobody waits for: what it has come to is seen after the restart.
            cancellationToken.ThrowIfCancellationRequested();
            process.Kill(entireProcessTree: true);
            return new HandOver(HandOverOutcome.Failed, $"'{words[0]}' did not end within {Deadline.TotalMinutes:0} minutes.");
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return new HandOver(
                HandOverOutcome.Rejected, $"'{words[0]}' cannot be run: {exception.Message}: correct 'firmware.gatewayCommand'.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new HandOver(HandOverOutcome.Failed, $"'{words[0]}' has no folder to run in: {exception.Message}");
        }
    }

    /// <summary>Starts it with as little of the gateway as can be.</summary>
    private Process Start(IReadOnlyList<string> words, StoredImage image)
    {
        folder.Delete();
        folder.Make();
        // It has the gateway's own output: a pipe would break with the gateway, and with the pipe a command
        // that is just having it restarted.
        var start = new ProcessStartInfo(words[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Path,
        };
        foreach (string argument in words.Skip(1)) start.ArgumentList.Add(Filled(argument, image));
        CommandEnvironment.Fill(start, image, version);
        InheritedDescriptors.Close();
        var process = Process.Start(start) ?? throw new Win32Exception("it was not started");
        process.StandardInput.Close(); // there is nobody who could be asked
        return process;
    }

    private static string Filled(string argument, StoredImage image) => argument
        .Replace("{image}", image.Path, StringComparison.Ordinal)
        .Replace("{version}", image.Version, StringComparison.Ordinal);
}
