using BenchmarkDotNet.Running;
using Siskin.Benchmarks.Factorization;
using Siskin.Benchmarks.Ingest;
using Siskin.Benchmarks.Retrieval;
using Siskin.Benchmarks.Serving;

// Plain modes measure on real files; everything else is BenchmarkDotNet's command line.
switch (args)
{
    case ["ials", var train, .. var rest]:
        ImplicitAlsConsole.MeasureEpochs(train, rest.Length > 0 ? int.Parse(rest[0]) : 64);
        return;
    case ["ials-tune", var train, var test, var maxTrials, .. var dimensions]:
        ImplicitAlsConsole.Tune(train, test, [.. dimensions.Select(int.Parse)], int.Parse(maxTrials));
        return;
    case ["item-neighbours", var train, var test]:
        ItemNeighboursConsole.Compare(train, test);
        return;
    case ["ingest", .. var rest]:
        await IngestConsole.RunAsync(rest);
        return;
    case ["serve-load", .. var rest]:
        await ServeLoadConsole.RunAsync(rest);
        return;
    default:
        BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
        return;
}
