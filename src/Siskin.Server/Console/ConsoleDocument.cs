using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Siskin.Server.Console;

/// <summary>The root component: hands the view to all components below.</summary>
/// <remarks>Written by hand because components in Razor files are public, and the view is not.</remarks>
internal sealed class ConsoleDocument : ComponentBase
{
    [Parameter]
    public required ConsoleView View { get; set; }

    [Parameter]
    public required string Nonce { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<CascadingValue<ConsoleView>>(0);
        builder.AddComponentParameter(1, nameof(CascadingValue<ConsoleView>.Value), View);
        builder.AddComponentParameter(2, nameof(CascadingValue<ConsoleView>.IsFixed), true);
        builder.AddComponentParameter(3, nameof(CascadingValue<ConsoleView>.ChildContent), (RenderFragment)(page =>
        {
            page.OpenComponent<ConsolePage>(0);
            page.AddComponentParameter(1, nameof(ConsolePage.Nonce), Nonce);
            page.CloseComponent();
        }));
        builder.CloseComponent();
    }
}
