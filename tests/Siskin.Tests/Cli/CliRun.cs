using Siskin.Cli;

namespace Siskin.Tests.Cli;

/// <summary>One run of the program inside this process.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await SiskinApp.RunAsync(args, CliConsole.Of(output, error), TestContext.Current.CancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
