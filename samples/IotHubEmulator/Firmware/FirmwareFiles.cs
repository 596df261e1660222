using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Serves images over HTTP as an object storage does: ranges, entity tags, addresses that lapse; and with faults.</summary>
internal sealed class FirmwareFiles(
    FirmwareStore store, FirmwareUrls urls, DownloadFaultPlan faults, DownloadLog downloads, TimeProvider time)
{
    private const string ContentType = "application/octet-stream";

    public async Task ServeAsync(HttpContext context, string fileName)
    {
        var query = context.Request.Query;
        var image = store.FindFile(fileName);
        if (!urls.IsGood(fileName, query[FirmwareUrls.FromKey], query[FirmwareUrls.UntilKey], query[FirmwareUrls.SignatureKey]))
        {
            await Results.StatusCode(image is null ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden).ExecuteAsync(context);
            return;
        }

        var fault = image is null ? null : faults.TakeFor(image);
#pragma warning disable CA2000, IDISP001, IDISP003 // They hold nothing but the server's own body.
        if (image is not null) context.Response.Body = new CountedBody(context.Response.Body, downloads.Add(Asked(context, image)));
        if (fault?.Kind is DownloadFaultKind.Slow or DownloadFaultKind.Cut)
            context.Response.Body = new StruckBody(context.Response.Body, fault, time);
#pragma warning restore CA2000, IDISP001, IDISP003

        await Answer(context, image, fault).ExecuteAsync(context);
    }

    private static FirmwareDownload Asked(HttpContext context, FirmwareImage image) => new()
    {
        ProductId = image.ProductId,
        Version = image.Version,
        Offset = context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From ?? 0,
    };

    private static IResult Answer(HttpContext context, FirmwareImage? image, DownloadFault? fault)
    {
        if (image is null) return Results.NotFound();
        switch (fault?.Kind)
        {
            case DownloadFaultKind.Forbidden: return Results.StatusCode(StatusCodes.Status403Forbidden);
            case DownloadFaultKind.NotFound: return Results.NotFound();
            case DownloadFaultKind.ServerError: return Results.StatusCode(StatusCodes.Status500InternalServerError);
            case DownloadFaultKind.Gzip when context.Request.Headers.AcceptEncoding.ToString()
                .Contains("gzip", StringComparison.OrdinalIgnoreCase):
                context.Response.Headers.ContentEncoding = "gzip";
                return Results.Bytes(Compress(image.Content), ContentType);
            case DownloadFaultKind.IgnoreRange:
                return Results.Bytes(image.Content, ContentType);
            default:
                return Results.Bytes(
                    Spoil(image.Content, fault), ContentType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue(
                        $"\"{image.Md5}\""));
        }
    }

    private static byte[] Spoil(byte[] content, DownloadFault? fault)
    {
        switch (fault?.Kind)
        {
            case DownloadFaultKind.TooShort: return content[..Math.Max(content.Length - fault.Bytes, 0)];
            case DownloadFaultKind.TooLong: return [.. content, .. new byte[fault.Bytes]];
            case DownloadFaultKind.Corrupt:
                byte[] corrupt = [.. content];
                if (fault.Bytes < corrupt.Length) corrupt[fault.Bytes] ^= 0xFF;
                return corrupt;
            default: return content;
        }
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }
}
