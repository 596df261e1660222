using Microsoft.AspNetCore.Http;

namespace BridgeFramework.IotHubEmulator;

/// <summary>One small page: the devices and the last messages.</summary>
internal static class ConsolePage
{
    // Values are set with textContent only: payloads come from devices.
    private const string Html = """
        <!doctype html><meta charset="utf-8"><title>IoT Hub emulator</title>
        <style>body{font:14px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}code{font-size:13px}</style>
        <h1>IoT Hub emulator</h1>
        <h2>Devices</h2><table id="devices"></table>
        <h2>Last messages</h2><table id="messages"></table>
        <script>
        const fill = (id, rows) => { const table = document.getElementById(id); table.replaceChildren(...rows.map(cells => {
          const tr = document.createElement('tr'); tr.append(...cells.map(cell => { const td = document.createElement('td'); td.textContent = cell; return td; })); return tr; })); };
        let since = 0, last = [];
        const turn = async () => {
          try {
            const devices = await (await fetch('/api/devices')).json();
            fill('devices', devices.map(d => [d.productId + '/' + d.deviceName, d.kind, d.boundTo ?? '', d.connected ? 'online' : d.online ? 'online, unreachable' : 'offline']));
            const fresh = await (await fetch('/api/messages?since=' + since)).json();
            if (fresh.length) since = fresh[fresh.length - 1].sequence;
            last = [...fresh.reverse(), ...last].slice(0, 30);
            fill('messages', last.map(m => [m.time, m.topic, m.text ?? m.base64]));
          } catch { }
          setTimeout(turn, 1000);
        };
        turn();
        </script>
        """;

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Html, context.RequestAborted);
    }
}
