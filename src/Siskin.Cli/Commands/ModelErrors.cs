using Siskin.Inference.Registry;

namespace Siskin.Cli.Commands;

/// <summary>What the registry refuses, as errors of the program.</summary>
internal static class ModelErrors
{
    /// <exception cref="CliException">The registry refused.</exception>
    public static async Task<T> Translate<T>(ValueTask<T> work)
    {
        try
        {
            return await work;
        }
        catch (ServableException e)
        {
            throw new CliException(e.Message, ExitCodes.Failure, e);
        }
    }

    /// <exception cref="CliException">The registry refused.</exception>
    public static async Task Translate(ValueTask work)
    {
        try
        {
            await work;
        }
        catch (ServableException e)
        {
            throw new CliException(e.Message, ExitCodes.Failure, e);
        }
    }
}
