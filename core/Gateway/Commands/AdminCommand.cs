using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BridgeFramework.Printing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>A command that asks a running gateway: how it finds it, what it prints, what it says when that fails.</summary>
internal static class AdminCommand
{
    /// <summary>For a person's eyes and no browser's: quotes and letters as they are.</summary>
    private static readonly AdminJson Printed =
        new(new JsonSerializerOptions(AdminJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON instead of text; an error, too." };

    /// <summary>An answer as <c>--json</c> prints it.</summary>
    public static string Json<T>(T answer, JsonTypeInfo<T> type) => Json(answer, type.Type);

    /// <summary>Says that a command has failed, as it was asked to.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="asJson">Whether as JSON.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="code">The exit code.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> FailAsync(InvocationConfiguration console, bool asJson, AdminError error, int code)
    {
        if (asJson) await console.Output.WriteLineAsync(Json(error, AdminJson.Default.AdminError));
        else await console.Error.SayAsync(error.Message);
        return code;
    }

    public static Argument<string> DeviceArgument() => new("ID") { Description = "The sub-device: productId/deviceName." };

    /// <summary>The id of a command line as a request has it.</summary>
    public static string Query(ParseResult parsed, Argument<string> id) => $"?id={Uri.EscapeDataString(parsed.GetValue(id) ?? "")}";

    /// <summary>Makes a command of one order about a device.</summary>
    /// <param name="options">Where the gateway is.</param>
    /// <param name="about">What the order is about, as requests name it.</param>
    /// <param name="order">The order, as the command line and requests name it.</param>
    /// <param name="description">What it does.</param>
    /// <param name="id">The device.</param>
    public static Command Order(ConfigurationOptions options, string about, string order, string description, Argument<string> id) =>
        new Command(order, description) { id }.Asking(
            options,
            (client, parsed, cancellationToken) =>
                client.PostAsync($"{about}/{order}{Query(parsed, id)}", AdminJson.Default.OrderView, cancellationToken),
            answer => [new Markup(Terminal.Shown(answer.Message) + "\n")]);

    /// <summary>Makes a command of one question.</summary>
    /// <param name="command">The command, without action.</param>
    /// <param name="options">Where the gateway is.</param>
    /// <param name="ask">Asks it; the answer is of a type that <see cref="AdminJson"/> knows.</param>
    /// <param name="report">How it is printed for a person.</param>
    /// <param name="code">The exit code that the answer gives.</param>
    /// <param name="isDone">Whether the answer says that an order was carried out.</param>
    public static Command Asking<T>(
        this Command command,
        ConfigurationOptions options,
        Func<AdminClient, ParseResult, CancellationToken, Task<T>> ask,
        Func<T, IEnumerable<IRenderable>> report,
        Func<T, int>? code = null,
        Func<T, bool>? isDone = null)
    {
        var json = JsonOption();
        command.Options.Add(json);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            bool asJson = parsed.GetValue(json);
            try
            {
                using var client = AdminClient.Of(options.Load(parsed), TimeProvider.System);
                var answer = await ask(client, parsed, cancellationToken);
                if (asJson) await output.WriteLineAsync(Json(answer, typeof(T)));
                else Terminal.Of(output).Write(report(answer));
                return code?.Invoke(answer) ?? (isDone?.Invoke(answer) is false ? ExitCode.Failure : ExitCode.Success);
            }
            catch (AdminException exception)
            {
                if (asJson) await output.WriteLineAsync(Json(exception.Error, AdminJson.Default.AdminError));
                else await error.SayAsync(exception.Message);
                // Without an answer a status is the worst there is.
                return code is not null || exception.Error.Error is AdminError.UnknownDevice or AdminError.UnknownPlugin ? ExitCode.Mistakes
                    : ExitCode.Failure;
            }
        });
        return command;
    }

    private static string Json(object? answer, Type type) => ForeignText.Json(JsonSerializer.Serialize(answer, type, Printed));
}
