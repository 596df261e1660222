using System.Text;

namespace BridgeFramework.Modbus;

/// <summary>How text is kept in registers.</summary>
internal enum TextEncoding
{
    Ascii,
    Latin1,
    Utf8,

    /// <summary>Simplified Chinese, code page 936.</summary>
    Gbk,
}

internal static class TextEncodings
{
    public static Encoding ToEncoding(this TextEncoding encoding) => encoding switch
    {
        TextEncoding.Latin1 => Encoding.Latin1,
        TextEncoding.Utf8 => Encoding.UTF8,
        // Asked of the provider itself: registering it would change the process for everybody.
        TextEncoding.Gbk =>
            CodePagesEncodingProvider.Instance.GetEncoding(936) ?? throw new InvalidOperationException("Code page 936 is not there."),
        _ => Encoding.ASCII,
    };
}
