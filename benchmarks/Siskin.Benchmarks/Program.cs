using BenchmarkDotNet.Running;
using Siskin.Benchmarks.Embeddings;
using Siskin.Benchmarks.Factorization;
using Siskin.Benchmarks.Ingest;
using Siskin.Benchmarks.Models;
using Siskin.Benchmarks.Retrieval;
using Siskin.Benchmarks.Serving;
using Siskin.Benchmarks.Vectors;

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
    case ["hot-swap", .. var rest]:
        await HotSwapConsole.RunAsync(rest);
        return;
    case ["hot-swap-client", .. var rest]:
        HotSwapClient.Run(rest);
        return;
    case ["vector-set", .. var rest]:
        VectorSetConsole.Write(rest);
        return;
    case ["index-updates", .. var rest]:
        IndexUpdatesConsole.Run(rest);
        return;
    case ["exact", .. var rest]:
        ExactIndexConsole.Run(rest);
        return;
    case ["lsh", .. var rest]:
        LshConsole.Run(rest);
        return;
    case ["gemm"]:
        GemmConsole.Run();
        return;
    case ["ctr-speed", .. var rest]:
        CtrSpeedConsole.Run(rest);
        return;
    case ["ctr-auc", .. var rest]:
        await CtrAucConsole.RunAsync(rest);
        return;
    case ["onnx-models", .. var rest]:
        OnnxConsole.Write(rest);
        return;
    case ["serve-graph"]:
        ServeGraphConsole.Run();
        return;
    case ["onnx-serving", .. var rest]:
        OnnxServingConsole.Run(rest);
        return;
    case ["pmml-forest", .. var rest]:
        PmmlForestConsole.Run(rest);
        return;
    case ["item2vec", .. var rest]:
        SkipGramConsole.Run(rest);
        return;
    default:
        BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
        return;
}
