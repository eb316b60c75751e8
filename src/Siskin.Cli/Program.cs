using Siskin.Cli;

using var interruption = new Interruption();
var code = await SiskinApp.RunAsync(args, CliConsole.OfProcess(), interruption.Token);
return interruption.ExitCode(code);
