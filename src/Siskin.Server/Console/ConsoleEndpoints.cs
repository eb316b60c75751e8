using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Siskin.Server.Console;

/// <summary>The page's requests: show, act, find users.</summary>
internal static class ConsoleEndpoints
{
    /// <summary>Far more than the longest ids need.</summary>
    private const int MaxFormBytes = 64 * 1024;

    public static Task ShowAsync(HttpContext context)
    {
        var state = ConsoleState.Read(context.Request.Query);
        if (!context.Request.Query.ContainsKey("random"))
        {
            return WriteAsync(context, state, error: null);
        }

        // Nobody is known yet: a new visitor's page says so.
        var user = context.RequestServices.GetRequiredService<ConsoleReader>().RandomUser();
        Redirect(context, state with { User = user, Acted = null }, StatusCodes.Status302Found);
        return Task.CompletedTask;
    }

    public static async Task ActAsync(HttpContext context)
    {
        var state = ConsoleState.Read(context.Request.Query) with { Acted = null };
        if (!SameOrigin.Holds(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("The form was sent by another site.", context.RequestAborted);
            return;
        }

        if (await ReadFormAsync(context) is not { } form)
        {
            await WriteAsync(context, state, "The form cannot be read.");
            return;
        }

        var feedback = context.RequestServices.GetRequiredService<ConsoleFeedback>();
        if (await feedback.AppendAsync(form, state.Scene, context.RequestAborted) is { } error)
        {
            await WriteAsync(context, state, error);
            return;
        }

        // What follows is a page of its own, so that reloading it sends nothing again.
        Redirect(context, state with { User = form["user"], Acted = form["item"] }, StatusCodes.Status303SeeOther);
    }

    public static Task FindUsersAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var users = context.RequestServices.GetRequiredService<ConsoleReader>().FindUsers(context.Request.Query["q"].ToString());
        return context.Response.WriteAsJsonAsync(users, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, ConsoleState state, string? error)
    {
        var reader = context.RequestServices.GetRequiredService<ConsoleReader>();
        var view = await reader.ReadAsync(state, context.Request, error, context.RequestAborted);
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var html = await context.RequestServices.GetRequiredService<ConsoleRenderer>().RenderAsync(view, nonce);

        // Nothing comes from elsewhere, and only the page's own script and style run, whatever stands in titles and ids.
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.StatusCode = view.Error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync(html, context.RequestAborted);
        }
    }

    private static async Task<IFormCollection?> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return await context.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MaxFormBytes, ValueLengthLimit = MaxFormBytes, ValueCountLimit = 16 }, context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Redirect(HttpContext context, ConsoleState state, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = context.Request.PathBase.Add(context.Request.Path).ToUriComponent() + state.ToQuery();
    }
}
