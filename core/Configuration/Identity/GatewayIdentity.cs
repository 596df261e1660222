using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Finds out who the gateway is: reads the <c>device_info.json</c> that a configuration names, and holds it and the files of its
/// TLS connection against the configuration's <c>hub</c>.</summary>
/// <param name="root">The configuration, paths absolute. What is already known to be wrong with it is passed over in silence.</param>
/// <param name="baseDirectory">The configuration folder: files in it are called by their name.</param>
/// <param name="reading">Reads it.</param>
/// <param name="exposures">Looks whether others can change these files.</param>
/// <param name="mistakes">Takes what is wrong.</param>
internal sealed class GatewayIdentity(
    ConfigurationNode root, string baseDirectory, ConfigurationReading reading, ExposureSearch exposures,
    ICollection<ConfigurationMistake> mistakes)
{
    private DeviceInfoPlaces _places = new(default, "");

    /// <returns><see langword="null"/> where there are mistakes.</returns>
    public DeviceInfo? Read()
    {
        if (root["hub"] is not { Kind: JsonValueKind.Object } hub) return null;
        var info = ReadFile(hub);
        if (info is not null) HubSecrecy.Check(hub, info, mistakes);
        if (hub["tls"] is { Kind: JsonValueKind.False } tls)
        {
            if (info is { IsCertificateDevice: true })
                mistakes.Add(tls.Origin.Mistake(
                    "the gateway's device_info.json has 'auth_mode' CERT, and a certificate is shown over TLS only: set 'tls' to true, or "
                        + "'auth_mode' to KEY."));
            return info;
        }

        CheckAuthorities(hub, info);
        return info;
    }

    private DeviceInfo? ReadFile(ConfigurationNode hub)
    {
        if (hub["deviceInfo"] is not { Kind: JsonValueKind.String, Text: var path } named) return null;
        if (!reading.Has(path))
        {
            reading.Note(path, content: null);
            return null;
        }

        try
        {
            exposures.Look(named.Origin, path);
            var content = reading.Read(path, DeviceInfoFile.MaxLength);
            _places = new DeviceInfoPlaces(content, NameOf(path));
            var info = DeviceInfoFile.Parse(content, path, looksIntoFiles: true);
            Guard(info, path);
            foreach (var note in info.Notes) mistakes.Add(_places.MistakeOf(note, isWarning: true));
            if (hub["host"] is null && HubEndpoint.CloudOf(info.Gateway.ProductId, info.Region) is null)
                mistakes.Add(_places.MistakeOf(UnknownRegion(info.Region ?? ""), isWarning: true));
            return info;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(named.Origin.Mistake($"the file cannot be read: {e.Message}"));
            return null;
        }
        catch (DeviceInfoException e)
        {
            foreach (var problem in e.Problems) mistakes.Add(_places.MistakeOf(problem));
            return null;
        }
    }

    /// <summary>What only the gateway is to read, and what nobody else is to change.</summary>
    private void Guard(DeviceInfo info, string path)
    {
        void Add(string field, string message) => mistakes.Add(_places.MistakeOf(new DeviceInfoProblem(field, message), isWarning: true));
        string? secret = info.Secret is not null ? "key_deviceinfo.deviceSecret"
            : info.ProductSecret is not null ? "productSecret"
            : info.SubDevices.Any(device => device.Secret is not null) ? "subDev" : null;
        if (secret is not null && SecretModes.IsOpen(path))
            Add(secret, $"other users can read or change this file, and a secret stands in it: chmod 600 {path}");
        if (info.Credentials is not CertificateCredentials pair) return;
        const string Section = "cert_deviceinfo";
        exposures.Look(_places.OriginOf($"{Section}.devPrivateKeyFile"), pair.PrivateKeyFile);
        exposures.Look(_places.OriginOf($"{Section}.devCertFile"), pair.CertificateFile);
        if (SecretModes.IsOpen(pair.PrivateKeyFile))
            Add($"{Section}.devPrivateKeyFile", $"other users can read or change the private key: chmod 600 {pair.PrivateKeyFile}");
    }

    private static DeviceInfoProblem UnknownRegion(string region) => new(
        "region",
        $"the host of the region {SchemaWords.Quoted(region)} is not known here, and the mainland's is used: set 'hub.host' to the one "
            + "that the console shows");

    private void CheckAuthorities(ConfigurationNode hub, DeviceInfo? info)
    {
        if (hub["caFile"] is { Kind: JsonValueKind.String } named)
        {
            exposures.Look(named.Origin, named.Text);
            if (reading.Has(named.Text) && PemFiles.ProblemOfAuthorities(named.Text) is { } problem)
                mistakes.Add(named.Origin.Mistake($"{problem}."));
        }
        else if (info?.CaFile is { } file)
        {
            const string Field = "cert_deviceinfo.devCaFile";
            exposures.Look(_places.OriginOf(Field), file);
            if (PemFiles.ProblemOfAuthorities(file) is { } problem) mistakes.Add(_places.MistakeOf(new DeviceInfoProblem(Field, problem)));
        }
    }

    private string NameOf(string path)
    {
        string name = Path.GetRelativePath(baseDirectory, path);
        return reading.Called(path, name.StartsWith("..", StringComparison.Ordinal) ? path : name);
    }
}
