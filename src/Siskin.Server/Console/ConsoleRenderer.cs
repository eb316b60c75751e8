using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace Siskin.Server.Console;

/// <summary>Renders the page to HTML: Blazor components, rendered once and without a circuit.</summary>
internal sealed class ConsoleRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    public static string Style { get; } = ReadResource("console.css");

    public static string Script { get; } = ReadResource("console.js");

    public async Task<string> RenderAsync(ConsoleView view, string nonce)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(ConsoleDocument.View)] = view,
                [nameof(ConsoleDocument.Nonce)] = nonce,
            });
            var root = await renderer.RenderComponentAsync<ConsoleDocument>(parameters);
            return "<!DOCTYPE html>\n" + root.ToHtmlString();
        });
    }

    private static string ReadResource(string name)
    {
        using var stream = typeof(ConsoleRenderer).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
